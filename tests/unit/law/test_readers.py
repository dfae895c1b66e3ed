"""The two readers of YAML agree on every file of every pack, and each refuses what the other refuses."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.located_yaml import read_quickly, read_with_lines
from models.packs import regulations_folder

FILES = sorted(regulations_folder().glob("**/*.yaml"))


def plain(value: Any) -> Any:
    """Write dates as text, as the quick reader leaves them."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_both_readers_read_the_same(path: Path) -> None:
    problems: list[Any] = []
    quickly, _ = read_quickly(path, problems)
    slowly, _ = read_with_lines(path, problems)
    assert problems == []
    assert quickly == plain(slowly)


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: [1\n", "a: \x07\n"])
def test_both_refuse_what_is_wrong(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    for read in (read_quickly, read_with_lines):
        problems: list[Any] = []
        read(path, problems)
        assert problems, read
