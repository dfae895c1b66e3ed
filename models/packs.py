"""Finding and loading regulations: YAML in, checked regulation out, or a refusal naming file, line and reason.

A regulation lies in a folder of its name: beside this package, as installed, or in the `regulations` folder of a
district's data folder, where an administrator adds one without touching the installation.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from fireduty.errors import Problem, RegulationError, UnknownNameError
from models.drafts import HEAD, read_draft
from models.located_yaml import read_quickly
from models.regulation import Obligation, Regulation

HINT = "docs/concepts/law-as-data.md explains each field."
OWN_FOLDER = "regulations"
"""Where in the data folder the regulations lie that an administrator has added."""


def regulations_folder() -> Path:
    """Return the folder that holds one folder a regulation; it lies beside this package, installed or not."""
    return Path(__file__).resolve().parent.parent / "regulations"


def own_folder(data: Path) -> Path | None:
    """Return the folder of a data folder's own regulations, or nothing where none was ever added."""
    folder = data / OWN_FOLDER
    return folder if folder.is_dir() else None


def available(folder: Path | None = None, own: Path | None = None) -> tuple[str, ...]:
    """Return the ids of all regulations there are: the installed ones, or those of a folder, and a district's own."""
    roots = [folder or regulations_folder(), *([own] if own else [])]
    return tuple(sorted({path.parent.name for root in roots for path in root.glob(f"*/{HEAD}")}))


def folder_of(name: str, folder: Path | None = None, own: Path | None = None) -> Path:
    """Return the folder of a regulation.

    Raises:
        UnknownNameError: If there is no such regulation.
        RegulationError: If one of that id is installed and another is the district's own.
    """
    roots = [folder or regulations_folder(), *([own] if own else [])]
    found = [root / name for root in roots if (root / name / HEAD).is_file() and (root / name).parent == root]
    if not found:
        known = ", ".join(available(folder, own)) or "none"
        message = f"regulation {name}: expected one of {known}"
        raise UnknownNameError(message, "`fireduty regulation list` names those that exist.")
    if len(found) > 1:
        message = f"regulation {name} stands twice:"
        problems = [Problem(str(found[0]), "installed"), Problem(str(found[1]), "added to the data folder")]
        raise RegulationError(message, problems, "Give the added one another id, in its folder's name and in `id`.")
    return found[0]


def folder_meant(given: str, own: Path | None = None) -> Path:
    """Return the folder of a regulation that a person names by its id, or by the path of its folder.

    Raises:
        UnknownNameError: If it is neither.
        RegulationError: If the id stands twice.
    """
    if given not in available(own=own) and (Path(given) / HEAD).is_file():
        return Path(given).resolve() if Path(given).name in {"", "..", "."} else Path(given)
    return folder_of(given, own=own)


def meant(given: str, own: Path | None = None) -> Regulation:
    """Load the regulation that a person names by its id, or by the path of its folder.

    Raises:
        UnknownNameError: If it is neither.
        RegulationError: If one of its files is wrong.
    """
    return load_at(folder_meant(given, own))


@cache
def load(name: str, folder: Path | None = None, own: Path | None = None) -> Regulation:
    """Load and check one regulation by its id.

    Args:
        name: Its id.
        folder: A folder of regulations in place of the installed one.
        own: The folder of the district's own regulations, as `own_folder` finds it.

    Raises:
        UnknownNameError: If there is no such regulation.
        RegulationError: If one of its files is wrong; each problem names file and line.
    """
    return load_at(folder_of(name, folder, own))


def load_at(root: Path) -> Regulation:
    """Load and check the regulation of a folder, wherever it lies.

    Raises:
        RegulationError: If one of its files is wrong or unfinished; each problem names file and line.
    """
    draft = read_draft(root, read_quickly)
    if not draft.problems and draft.regulation is not None:
        return draft.regulation
    draft = read_draft(root)  # once more and slowly, to name the line of each fault
    if draft.problems or draft.regulation is None:
        message = f"regulation {root.name} cannot be used:"
        raise RegulationError(message, draft.problems, HINT)
    return draft.regulation


def find_obligation(name: str, regulations: Sequence[Regulation]) -> tuple[Regulation, Obligation]:
    """Return an obligation by its full id, with its regulation.

    Raises:
        UnknownNameError: If none of the regulations has it.
    """
    for regulation in regulations:
        if (found := regulation.obligation(name)) is not None:
            return regulation, found
    message = f"obligation {name}: not in {', '.join(r.id for r in regulations)}"
    raise UnknownNameError(message, "`fireduty obligation list` names those that exist.")
