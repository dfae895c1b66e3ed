"""Data folders of one small district, each for one run, with or without a mail server."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from faults.nursery import TALLY
from faults.records import Outcome, read

from fireduty.settings import load, save
from tasks.mailbox import DUPLICATES, Mailbox

DATABASE = "fireduty.db"


@dataclass
class Mail:
    """A real mail server, and what lies in its folder."""

    folder: Path

    @property
    def keys(self) -> list[str]:
        """The key of every mail that was kept, from the name of its file."""
        return sorted(path.stem for path in self.folder.rglob("*.eml"))

    @property
    def doubles(self) -> list[str]:
        """The key of every mail that came again."""
        log = self.folder / DUPLICATES
        return [line.split("\t")[0] for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


@dataclass(frozen=True)
class Undisturbed:
    """A run that nothing befell.

    Attributes:
        seconds: How long it took.
        points: How many points at which it could have been killed it passed.
        outcome: What the district came to.
        grown: The size of the database before and after.
    """

    seconds: float
    points: int
    outcome: Outcome
    grown: tuple[int, int] = (0, 0)


@dataclass
class Houses:
    """Makes data folders of the same small district, each from one copy."""

    template: Path
    place: Path
    made: int = 0

    @contextmanager
    def new(self, like: Path | None = None) -> Iterator[Path]:
        """Yield a district in which nothing has happened yet, or all that happened in another one."""
        self.made += 1
        folder = Path(shutil.copytree(like or self.template, self.place / f"house-{self.made}"))
        yield folder
        # Left lying only where a test failed in it.
        shutil.rmtree(folder)

    @contextmanager
    def with_mail(self, like: Path | None = None, rate: int = 0) -> Iterator[tuple[Path, Mail]]:
        """Yield a new district with a mail server of its own, which takes so many mails a minute, or any number."""
        with self.new(like) as folder, Mailbox(folder / "mail") as mailbox:
            url = f"mailto://127.0.0.1:{mailbox.port}/?mode=insecure&from=a%40district.example&to={{address}}"
            rates = {"email": rate} if rate else {}
            save(load(folder).model_copy(update={"channels": {"email": url}, "rates": rates}))
            mail = Mail(folder / "mail")
            yield folder, mail
            TALLY["mails"] += len(mail.keys)
            TALLY["mails that came twice"] += len(mail.doubles)

    def faults(self, folder: Path) -> list[str]:
        """Return what must not be in a district's record."""
        with read(folder) as record:
            return record.faults()

    def outcome(self, folder: Path) -> Outcome:
        """Return what a district came to, once nothing is wrong with it."""
        with read(folder) as record:
            assert record.faults() == []
            return record.outcome()
