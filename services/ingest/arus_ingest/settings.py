"""Settings of this service alone, read from the environment (prefix ``ARUS_``)."""

from datetime import timedelta

from arus_runtime.context import Context
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class IngestSettings(BaseSettings):
    """How long records may be edited, and how far the outbox may fall behind before the door closes."""

    model_config = SettingsConfigDict(env_prefix="ARUS_", extra="ignore", frozen=True, env_ignore_empty=True)

    fuel_edit_window_days: int = Field(
        default=31, ge=0, le=3650, description="Days after recording in which a fuel record may be changed."
    )
    outbox_max_rows: int = Field(
        default=500_000, ge=1, description="Events waiting for Kafka at which new records are put off (503)."
    )
    outbox_max_age_s: int = Field(
        default=900,
        ge=1,
        description="Age of the oldest waiting event at which new records are put off (503).",
    )
    import_max_bytes: int = Field(
        default=2_000_000_000, ge=1024, description="Largest file that may come in pieces, in bytes."
    )
    import_file_days: int = Field(
        default=400, ge=1, le=36_500, description="Days for which the file of an import is kept."
    )
    import_upload_days: int = Field(
        default=7, ge=1, le=3_650, description="Days in which a file that comes in pieces must be whole."
    )

    @property
    def fuel_edit_window(self) -> timedelta:
        """The edit window as a duration."""
        return timedelta(days=self.fuel_edit_window_days)


def settings_of(context: Context) -> IngestSettings:
    """Return the settings of this process, read once."""
    return context.own.get("settings") or context.own.setdefault("settings", IngestSettings())
