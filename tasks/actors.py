"""Who may do what: a person acts for one body, and only in that body's part."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from fireduty.errors import UnknownNameError
from models.kinds import ContactRole

SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """A person in a role of a body, written `<body code>/<role>`."""

    body_code: str
    role: ContactRole

    def __str__(self) -> str:
        """Give the actor as the ledger names it."""
        return f"{self.body_code}/{self.role.value}"

    @classmethod
    def parse(cls, text_form: str) -> "Actor":
        """Read `<body code>/<role>`; the role may be left out and is then the responsible person.

        Raises:
            UnknownNameError: If the role is none of the known ones.
        """
        code, _, role = text_form.partition("/")
        roles = {member.value: member for member in ContactRole}
        if role and role not in roles:
            message = f"role {role}: expected one of {', '.join(roles)}"
            raise UnknownNameError(message, "Write BODY/ROLE, such as 310107-D04/liaison.")
        return cls(code, roles.get(role, ContactRole.RESPONSIBLE))


def require_body(connection: Connection, code: str) -> str:
    """Return the name of a body.

    Raises:
        UnknownNameError: If the register has no such body.
    """
    name = connection.execute(text("SELECT name FROM body WHERE code = :code"), {"code": code}).scalar_one_or_none()
    if name is None:
        message = f"body {code}: not in the register"
        raise UnknownNameError(message, "`fireduty register export FILE` shows all codes.")
    return str(name)
