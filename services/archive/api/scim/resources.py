"""What SCIM shows of the archive: its schemas, without what the archive does not keep."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints
from scim2_models import (
    URN,
    AnyExtension,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MAX_RESULTS = 200
MAX_OPERATIONS = 1000
MAX_PAYLOAD_BYTES = 1_048_576
_Text = Annotated[str, StringConstraints(max_length=200)]
_Said = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
_Address = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]


class Name(ComplexAttribute):
    formatted: _Text | None = None
    """The full name, as it is written."""
    family_name: _Text | None = None
    given_name: _Text | None = None


class Email(ComplexAttribute):
    value: _Address | None = None
    display: _Text | None = None
    type: _Text | None = Field(None, examples=["work"])
    primary: bool | None = None
    """The primary address, else the first one, is the one the archive writes to."""


class PhoneNumber(ComplexAttribute):
    value: _Text | None = None
    display: _Text | None = None
    type: _Text | None = Field(None, examples=["work", "mobile"])
    primary: bool | None = None


class Membership(ComplexAttribute):
    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    ref: Annotated[Reference["Group"] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    display: Annotated[str | None, Mutability.read_only] = None


class User(Resource[AnyExtension]):
    """An employee."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    external_id: Annotated[_Text | None, CaseExact.true] = None
    user_name: Annotated[_Said | None, Uniqueness.server, Required.true] = None
    """What the directory calls the person; of whom none has named yet, the work number."""
    name: Name | None = None
    display_name: _Text | None = None
    """What the person is called."""
    title: _Text | None = None
    """The position, where there is one of that name; else only a text."""
    active: bool | None = None
    """Whether the person belongs to the company; false lets the person leave today."""
    emails: list[Email] | None = None
    phone_numbers: list[PhoneNumber] | None = None
    groups: Annotated[list[Membership] | None, Mutability.read_only] = None
    """The departments in which the person works today."""


class Manager(ComplexAttribute):
    value: Annotated[str | None, CaseExact.true] = None
    """The id of the User who is the manager."""
    ref: Annotated[Reference["User"] | None, CaseExact.true] = Field(  # type: ignore[type-arg]  # its name is all that counts
        None, serialization_alias="$ref", validation_alias="$ref"
    )


class EnterpriseUser(Extension):
    __schema__ = URN(ENTERPRISE)

    employee_number: Annotated[_Text | None, CaseExact.true] = None
    """The work number; the userName, unless it is given."""
    cost_center: _Text | None = None
    organization: _Text | None = None
    division: _Text | None = None
    department: _Text | None = None
    """The department, where there is one of that name; else only a text."""
    manager: Manager | None = None


class Member(ComplexAttribute):
    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(  # type: ignore[type-arg]  # as above
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """A department."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    external_id: Annotated[_Text | None, CaseExact.true] = None
    display_name: Annotated[_Said | None, Required.true] = None
    members: list[Member] | None = None
    """Who works there today."""


POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""What Microsoft Entra needs: it sends attributes nobody asked for, removes by value, and writes through filters that
match nothing yet."""
PROVIDER = ScimProvider(
    models=[User, EnterpriseUser, Group],
    resource_types=[ResourceType.from_resource(User[EnterpriseUser]), ResourceType.from_resource(Group)],
    config=ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=True, max_operations=MAX_OPERATIONS, max_payload_size=MAX_PAYLOAD_BYTES),
        filter=Filter(supported=True, max_results=MAX_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="OAuth Bearer Token",
                description="An access token from /oauth/token, or the static key of an API client.",
                primary=True,
            )
        ],
    ),
    policy=POLICY,
)
