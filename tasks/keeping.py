"""Keeping a file for good: written once, whole, and never changed."""

import os
from pathlib import Path


def write_once(target: Path, content: str) -> None:
    """Write a file whole or not at all, and never over another.

    Raises:
        FileExistsError: When there is a file of that name.
        OSError: When it cannot be written.
    """
    passing = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with passing.open("w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        passing.chmod(0o444)
        target.hardlink_to(passing)
    finally:
        passing.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
