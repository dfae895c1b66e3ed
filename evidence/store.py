"""The file store: evidence by its content's digest, never rewritten.

A file is on the disk, itself and its folder entry, before anything names it; so an event never points at bytes
that a power cut could take away.
"""

import hashlib
import io
import os
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import puremagic

from fireduty.errors import InputError, Problem
from models.requirements import FileKind

READ_ONLY = 0o400

MEDIA_KINDS = {
    "application/pdf": FileKind.DOCUMENT,
    "application/msword": FileKind.DOCUMENT,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": FileKind.DOCUMENT,
    "application/vnd.oasis.opendocument.text": FileKind.DOCUMENT,
    "image/jpeg": FileKind.IMAGE,
    "image/png": FileKind.IMAGE,
    "image/webp": FileKind.IMAGE,
    "image/heic": FileKind.IMAGE,
    "image/heif": FileKind.IMAGE,
    "application/vnd.ms-excel": FileKind.SPREADSHEET,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": FileKind.SPREADSHEET,
    "application/vnd.oasis.opendocument.spreadsheet": FileKind.SPREADSHEET,
}
"""Media types that are taken as evidence, and what each counts as."""

_ZIP = b"PK\x03\x04"
_LONGEST_TYPE = 100
_OFFICE_FOLDERS = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the store."""

    name: str
    media_type: str
    size: int
    digest: str

    @property
    def kind(self) -> FileKind:
        """What the file counts as."""
        return MEDIA_KINDS[self.media_type]


class Store(Protocol):
    """Where evidence files are kept."""

    def put(self, content: bytes) -> str:
        """Keep the bytes and return their SHA-256; keeping the same bytes again changes nothing."""

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest."""


class LocalStore:
    """Evidence in a folder, one file a digest."""

    def __init__(self, folder: Path) -> None:
        """Keep files below `folder`, which is made when the first one arrives."""
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Write to a temporary file, flush it and its folder to the disk, then give it its name."""
        digest = hashlib.sha256(content).hexdigest()
        target = self.path(digest)
        if not target.exists():
            self._write(content, target)
        # Also where it lay here already: who named it may have ended before its folder was on the disk.
        for folder in (target.parent, self.folder, self.folder.parent):
            _flush_folder(folder)
        return digest

    def _write(self, content: bytes, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(READ_ONLY)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest."""
        return self.path(digest).read_bytes()

    def path(self, digest: str) -> Path:
        """Return where the bytes of a digest lie."""
        return self.folder / digest[:2] / digest


class MemoryStore:
    """Evidence in memory, for simulations and tests."""

    def __init__(self) -> None:
        """Start empty."""
        self.contents: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Keep the bytes."""
        digest = hashlib.sha256(content).hexdigest()
        self.contents[digest] = content
        return digest

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest."""
        return self.contents[digest]


def keep(store: Store, path: Path, largest: int) -> StoredFile:
    """Check one file and put it into the store.

    Args:
        store: Where to keep it.
        path: The file as the body gave it.
        largest: Greatest size in bytes.

    Raises:
        InputError: If it cannot be read, is empty or too large, or is of no kind that can be evidence.
    """
    try:
        size = path.stat().st_size
        if not 0 < size <= largest:
            message = "is empty (0 bytes)" if size == 0 else f"is too large: at most {largest} bytes, got {size}"
            raise _refused(path, message)
        content = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from error
    media_type = media_type_of(content, path.name)
    if media_type not in MEDIA_KINDS:
        raise _refused(path, f"expected a document, picture or spreadsheet, got {media_type or 'unknown content'}")
    return StoredFile(path.name, media_type, size, store.put(content))


def media_type_of(content: bytes, name: str) -> str:
    """Tell the media type by content; the name only decides between kinds that begin alike."""
    if content.startswith(_ZIP):
        return _type_in_archive(content)
    try:
        found = puremagic.magic_string(content, filename=name)
    except puremagic.PureError:
        return ""
    # A match without bytes rests on the name alone.
    seen = [match.mime_type for match in found if match.byte_match]
    return next((one for one in seen if one in MEDIA_KINDS), seen[0] if seen else "")


def _type_in_archive(content: bytes) -> str:
    """Tell the media type of a ZIP archive: OpenDocument says it itself, Office Open XML by its folders."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    return member.read(_LONGEST_TYPE).decode("ascii", "replace")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        return "application/zip"
    if "[Content_Types].xml" in names:
        for folder, media_type in _OFFICE_FOLDERS.items():
            if any(one.startswith(folder) for one in names):
                return media_type
    return "application/zip"


def _refused(path: Path, message: str) -> InputError:
    hint = "Send PDF, Word, Excel, OpenDocument, JPEG, PNG, WebP or HEIC files."
    return InputError("evidence file refused:", [Problem(path.name, message)], hint)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
