"""The register: bodies, who supervises whom, and how each is reached."""

from sqlmodel import Field, SQLModel, UniqueConstraint


class Body(SQLModel, table=True):
    """A body that a regulation can bind (责任主体)."""

    code: str = Field(primary_key=True, max_length=40)
    name: str
    kind: str = Field(index=True)
    parent_code: str | None = Field(default=None, foreign_key="body.code")
    division: str
    key_unit: bool = False
    high_risk: bool = False
    control_room: bool = False
    committee_member: bool = False
    is_example: bool = False


class Supervision(SQLModel, table=True):
    """Who supervises a body in one line of duty, such as fire, education or commerce."""

    body_code: str = Field(primary_key=True, foreign_key="body.code")
    line: str = Field(primary_key=True, max_length=40)
    supervisor_code: str = Field(foreign_key="body.code")


class Contact(SQLModel, table=True):
    """One way to reach a body: a role, a channel and an address on it."""

    __table_args__ = (UniqueConstraint("body_code", "role", "channel", "address"),)

    id: int | None = Field(default=None, primary_key=True)
    body_code: str = Field(foreign_key="body.code", index=True)
    role: str
    channel: str
    address: str
