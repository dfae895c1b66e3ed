"""The register of bodies: read from files, checked, imported, exported, and an empty one to fill in."""

from tasks.register import words
from tasks.register.checking import check_register
from tasks.register.exporting import export_register, stored_register
from tasks.register.importing import ImportResult, import_register
from tasks.register.reading import read_register
from tasks.register.rows import BodyRow, ContactRow, KnownBodies, Register, Scope, Source, SupervisionRow
from tasks.register.stored import Tally, known_bodies
from tasks.register.writing import write_register, write_template

__all__ = [
    "BodyRow",
    "ContactRow",
    "ImportResult",
    "KnownBodies",
    "Register",
    "Scope",
    "Source",
    "SupervisionRow",
    "Tally",
    "check_register",
    "export_register",
    "import_register",
    "known_bodies",
    "read_register",
    "stored_register",
    "words",
    "write_register",
    "write_template",
]
