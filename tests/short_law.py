"""The Putuo rules cut down to the duties with an interval, for tests in which Prefect gets each of them."""

from pathlib import Path

import yaml

from models.packs import load, regulations_folder
from models.regulation import Trigger

LONG = "putuo-2020"
SHORT = "putuo-short"


def write_short_law(data: Path) -> str:
    """Write the cut-down regulation into a data folder, and return its id."""
    root, source = data / "regulations" / SHORT, regulations_folder() / LONG
    (root / "obligations").mkdir(parents=True)
    head = yaml.safe_load((source / "regulation.yaml").read_text(encoding="utf-8"))
    _write(root / "regulation.yaml", {**head, "id": SHORT})
    kept = {one.id.partition(".")[2] for one in load(LONG).obligations if one.trigger is Trigger.PERIODIC}
    for path in sorted((source / "obligations").glob("*.yaml")):
        found = [one for one in yaml.safe_load(path.read_text(encoding="utf-8")) if one["id"] in kept]
        for one in found:
            one.pop("overlaps", None)
        if found:
            _write(root / "obligations" / path.name, found)
    return SHORT


def _write(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
