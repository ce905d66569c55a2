"""Settings of this service alone, read from the environment (prefix ``ARUS_``)."""

from collections.abc import Mapping
from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from arus_metering.rules.payments import PaymentType, plain


class MeteringSettings(BaseSettings):
    """What the utility's own files say beside the words that are known."""

    model_config = SettingsConfigDict(env_prefix="ARUS_", extra="ignore", frozen=True, env_ignore_empty=True)

    payment_words: dict[str, PaymentType] = Field(
        default_factory=dict[str, PaymentType],
        description='More words of files for what a payment pays, as JSON: {"LNS": "CURRENT"};'
        " CURRENT, UNDUE or ARREARS.",
    )


@cache
def payment_words() -> Mapping[str, PaymentType]:
    """Return what this utility's words for a payment stand for, in plain capitals."""
    return {plain(word): kind for word, kind in MeteringSettings().payment_words.items()}
