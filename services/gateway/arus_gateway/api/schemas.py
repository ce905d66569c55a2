"""What several subjects say over REST."""

from datetime import datetime
from typing import Annotated, Any, Literal

from arus_runtime.ids import Ulid
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from arus_gateway import rules

LONGEST_EMAIL = 254


def _email(text: str) -> str:
    try:
        # Intranets have addresses that no public name server knows.
        found = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise PydanticCustomError("not_email", "must be an e-mail address") from error
    return found.normalized.lower()


def _text(longest: int) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest, pattern=r"\S")


Email = Annotated[
    str,
    StringConstraints(max_length=LONGEST_EMAIL),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": LONGEST_EMAIL}),
]
Name = Annotated[str, _text(200)]
Password = Annotated[
    str, StringConstraints(min_length=1, max_length=1024), Field(examples=["kopi-pagi-di-gudang"])
]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=500)]
RoleName = Annotated[str, StringConstraints(min_length=1, max_length=50), Field(examples=["operator"])]
LocationIds = Annotated[list[Ulid], Field(max_length=1000)]
Language = Literal["id", "en"]
ShortWord = Annotated[str, StringConstraints(min_length=1, max_length=50)]
ViewName = Annotated[str, _text(80)]
PagePath = Annotated[str, StringConstraints(pattern=r"^/[a-z/-]*$", max_length=100)]
QueryText = Annotated[str, StringConstraints(max_length=1000)]


class Closed(BaseModel):
    """A body that takes no fields it does not know."""

    model_config = ConfigDict(extra="forbid")


class TableLook(Closed):
    """How a table is shown: its hidden columns, and whether its rows stand close."""

    hidden: Annotated[list[ShortWord], Field(max_length=50)] = []
    dense: bool = False


class SavedView(Closed):
    """A page of the console with its filters, under a name. search: the query string, without `?`."""

    name: ViewName
    page: PagePath
    search: QueryText = ""


class Preferences(Closed):
    """How a member likes to read, in one organisation. tables: by the table's name."""

    tables: dict[ShortWord, TableLook] = {}
    views: list[SavedView] = []


class ViewChange(Closed):
    """A saved view as it shall be, known by its page and name; search null removes it."""

    name: ViewName
    page: PagePath
    search: QueryText | None = ""


class PreferencesChange(Closed):
    """What shall be different; every other table and view stays. tables: null forgets how one was shown."""

    tables: Annotated[dict[ShortWord, TableLook | None], Field(max_length=rules.CHOSEN_MOST)] = {}
    views: Annotated[list[ViewChange], Field(max_length=rules.CHOSEN_MOST)] = []


class UserOut(BaseModel):
    """A person."""

    id: str
    email: str
    name: str
    email_verified: bool
    language: str


class OrganisationOut(BaseModel):
    """An organisation as the caller belongs to it."""

    id: str
    name: str
    role: str
    version: int = Field(description="What If-Match takes, in quotes.")


class MemberOut(BaseModel):
    """A person inside the organisation. location_ids null means everywhere."""

    id: str
    email: str
    name: str
    role: str
    location_ids: list[str] | None
    is_active: bool
    email_verified: bool
    created_at: datetime
    version: int = Field(description="Of what they are here; what If-Match takes, in quotes.")


class InvitationOut(BaseModel):
    """An invitation that waits to be accepted."""

    id: str
    email: str
    role: str
    location_ids: list[str] | None
    invited_by: str
    created_at: datetime
    expires_at: datetime


class KeyOut(BaseModel):
    """An API key without its secret. resources null means all its role allows."""

    id: str
    name: str
    prefix: str = Field(examples=["ak_4fQz81b"])
    role: str
    resources: dict[str, str] | None
    location_ids: list[str] | None
    created_by: str = Field(
        description="The person who made it; the key may never do more than they may now."
    )
    created_at: datetime
    expires_at: datetime | None
    maker_belongs: bool = Field(
        description="False: its maker is no active member any more, so the key opens nothing."
    )


class NewKeyOut(KeyOut):
    """A fresh API key with its secret, which is never shown again."""

    secret: str | None = Field(description="null where the answer is told again under its Idempotency-Key.")


class AuditOut(BaseModel):
    """Something somebody did."""

    id: str
    at: datetime
    action: str = Field(examples=["session.opened"])
    actor_id: str
    actor_name: str | None
    resource_type: str
    resource_id: str
    ip: str
    detail: dict[str, Any]
