"""A file that was named, but whose folder is not known to be on the disk, is not taken for kept."""

import errno
import os
import stat
from pathlib import Path

import pytest

from evidence.store import LocalStore


def test_a_file_whose_folder_was_never_flushed_is_flushed_when_it_is_kept_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush, flushed, broken = os.fsync, list[int](), True

    def watch(descriptor: int) -> None:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            if broken:
                raise OSError(errno.EIO, "the folder cannot be flushed")
            flushed.append(found.st_ino)
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    store = LocalStore(tmp_path / "evidence")
    with pytest.raises(OSError, match="cannot be flushed"):
        store.put(b"proof")
    broken = False
    digest = store.put(b"proof")
    assert store.path(digest).parent.stat().st_ino in flushed
    assert store.get(digest) == b"proof"
