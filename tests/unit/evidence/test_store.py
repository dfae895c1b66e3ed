"""The store: the same bytes once, on the disk before they are named, and only what can be evidence."""

import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.store import LocalStore, MemoryStore, StoredFile, keep, media_type_of
from fireduty.errors import InputError
from models.requirements import FileKind

LARGEST = 10_000
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPEN_TEXT = "application/vnd.oasis.opendocument.text"


def archive(**members: bytes) -> bytes:
    """Return a ZIP archive; `__` in a name stands for a slash."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, inner in members.items():
            made.writestr(name.replace("__", "/"), inner)
    return content.getvalue()


def pdf() -> bytes:
    """Return the smallest PDF of one empty page."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    content = b"%PDF-1.4\n"
    for number, inner in enumerate(objects, 1):
        content += b"%d 0 obj%sendobj\n" % (number, inner)
    return content + b"trailer<</Root 1 0 R/Size 4>>\n%%EOF\n"


def png() -> bytes:
    """Return a picture of one white point."""

    def chunk(kind: bytes, inner: bytes) -> bytes:
        return len(inner).to_bytes(4) + kind + inner + zlib.crc32(kind + inner).to_bytes(4)

    head = (1).to_bytes(4) * 2 + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """Return the frame of a JFIF picture."""
    return (
        bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\xff\xdb\x00\x43\x00" + b"\x01" * 64 + b"\xff\xd9"
    )


def heic() -> bytes:
    """Return the beginning of a picture as telephones take it."""
    return (24).to_bytes(4) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(40)


def docx() -> bytes:
    names = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
    return archive(**{name.replace("/", "__"): inner for name, inner in names.items()})


def xlsx() -> bytes:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return content.getvalue()


def odt() -> bytes:
    return archive(mimetype=OPEN_TEXT.encode(), content__xml=b"<office/>")


@pytest.fixture
def given_file(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


Given = Callable[[str, bytes], Path]


@pytest.mark.parametrize(
    ("name", "make", "media_type", "kind"),
    [
        ("预案.pdf", pdf, "application/pdf", FileKind.DOCUMENT),
        ("photo.png", png, "image/png", FileKind.IMAGE),
        ("photo.jpg", jpeg, "image/jpeg", FileKind.IMAGE),
        ("photo.JPEG", jpeg, "image/jpeg", FileKind.IMAGE),
        ("telephone.heic", heic, "image/heif", FileKind.IMAGE),
        ("minutes.docx", docx, WORD, FileKind.DOCUMENT),
        ("list.xlsx", xlsx, EXCEL, FileKind.SPREADSHEET),
        ("letter.odt", odt, OPEN_TEXT, FileKind.DOCUMENT),
        ("no-ending", pdf, "application/pdf", FileKind.DOCUMENT),
        ("wrong-ending.docx", pdf, "application/pdf", FileKind.DOCUMENT),
        ("wrong-ending.docx", xlsx, EXCEL, FileKind.SPREADSHEET),
    ],
)
def test_a_real_file_is_taken_for_what_its_content_is(
    given_file: Given, name: str, make: Callable[[], bytes], media_type: str, kind: FileKind
) -> None:
    content = make()
    store = MemoryStore()
    found = keep(store, given_file(name, content), LARGEST)
    digest = hashlib.sha256(content).hexdigest()
    assert found == StoredFile(name, media_type, len(content), digest)
    assert found.kind is kind
    assert store.get(digest) == content


@pytest.mark.parametrize(
    ("name", "content", "got"),
    [
        ("report.pdf", b"nothing but words", "unknown content"),
        ("report.docx", b"nothing but words", "unknown content"),
        ("list.xlsx", b"a,b\n1,2\n", "unknown content"),
        ("photo.jpg", b"<!DOCTYPE html><html><body>photo</body></html>", "text/html"),
        ("photo.png", b"GIF89a" + bytes(20), "image/gif"),
        ("report.pdf", b"MZ" + bytes(200), "application/octet-stream"),
        ("report.docx", archive(notes__txt=b"words"), "application/zip"),
        ("list.xlsx", b"PK\x03\x04" + bytes(60), "application/zip"),
        ("letter.odt", odt().replace(b"oasis", b"other", 1), "application/zip"),
        ("report.zip", archive(notes__txt=b"words"), "application/zip"),
    ],
)
def test_other_content_is_refused_whatever_its_name_says(
    given_file: Given, name: str, content: bytes, got: str
) -> None:
    store = MemoryStore()
    path = given_file(name, content)
    with pytest.raises(InputError) as refused:
        keep(store, path, LARGEST)
    assert str(refused.value) == (
        f"evidence file refused:\n  {name}: expected a document, picture or spreadsheet, got {got}"
    )
    assert refused.value.hint == "Send PDF, Word, Excel, OpenDocument, JPEG, PNG, WebP or HEIC files."
    assert not store.contents


@given(st.binary(min_size=1, max_size=200), st.sampled_from(["a.pdf", "a.docx", "a.xlsx", "a.jpg", "a"]))
def test_no_bytes_make_the_detection_fail(content: bytes, name: str) -> None:
    assert isinstance(media_type_of(content, name), str)
    assert isinstance(media_type_of(b"PK\x03\x04" + content, name), str)


def test_an_empty_file_is_refused(given_file: Given) -> None:
    path = given_file("plan.pdf", b"")
    with pytest.raises(InputError, match=r"plan\.pdf: is empty \(0 bytes\)"):
        keep(MemoryStore(), path, LARGEST)


def test_a_file_is_taken_up_to_the_greatest_size_and_refused_beyond(given_file: Given) -> None:
    content = pdf()
    path = given_file("plan.pdf", content)
    assert keep(MemoryStore(), path, len(content)).size == len(content)
    expected = rf"plan\.pdf: is too large: at most {len(content) - 1} bytes, got {len(content)}"
    with pytest.raises(InputError, match=expected):
        keep(MemoryStore(), path, len(content) - 1)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.pdf: cannot be read: No such file"):
        keep(MemoryStore(), tmp_path / "gone.pdf", LARGEST)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "proofs").mkdir()
    with pytest.raises(InputError, match=r"proofs: cannot be read: Is a directory"):
        keep(MemoryStore(), tmp_path / "proofs", LARGEST)


# --- on the disk -----------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "evidence")


def test_a_file_lies_under_its_digest_and_cannot_be_written(store: LocalStore) -> None:
    digest = store.put(b"proof")
    path = store.folder / digest[:2] / digest
    assert digest == hashlib.sha256(b"proof").hexdigest()
    assert path == store.path(digest)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert store.get(digest) == b"proof"


@given(st.lists(st.binary(max_size=9), max_size=8))
def test_the_same_bytes_are_kept_once(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    store = LocalStore(tmp_path_factory.mktemp("evidence"))
    digests = [store.put(content) for content in contents + contents]
    files = [path for path in store.folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} == set(digests)
    assert len(files) == len(set(contents))
    assert [store.get(digest) for digest in digests] == contents + contents


def test_keeping_the_same_bytes_again_does_not_touch_the_file(store: LocalStore) -> None:
    path = store.path(store.put(b"proof"))
    before = path.stat()
    store.put(b"proof")
    assert path.stat() == before


def test_the_file_and_its_folders_are_flushed_to_the_disk_before_they_are_named(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    really = os.fsync

    def note(descriptor: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    folder = store.path(store.put(b"proof")).parent
    assert Path(flushed[0]).parent == folder
    assert Path(flushed[0]).name.startswith(".new-")
    assert flushed[1:] == [str(folder), str(store.folder), str(store.folder.parent)]


def test_a_disk_that_fails_leaves_nothing_behind(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        store.put(b"proof")
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []
