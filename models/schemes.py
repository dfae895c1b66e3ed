"""Loading assessment schemes: YAML in, checked scheme out, or a refusal naming file, line and reason.

A scheme comes with its regulation (`regulations/<id>/assessment.yaml`); one of the same name in the data folder
(`assessment/<id>.yaml`) takes its place, so that the administrator decides about weights without touching the law.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from fireduty.errors import FiredutyError, Problem, SchemeError, UnknownNameError
from models.assessment import FollowUp, Group, Match, Scheme
from models.located_yaml import Lines, Place, line_of, located, read_with_lines
from models.packs import available, folder_of, load, own_folder
from models.regulation import Obligation, Regulation

FILE = "assessment.yaml"
FOLDER = "assessment"
"""Where in a data folder the administrator's schemes lie, one `<id>.yaml` each."""

HINT = "docs/how-to/assess.md explains each field; `fireduty assessment scheme --check FILE` checks again."


@dataclass(frozen=True)
class Method:
    """An assessment scheme with the regulations whose duties it counts, in its order."""

    scheme: Scheme
    laws: tuple[Regulation, ...]

    @property
    def law(self) -> Regulation:
        """The regulation under which the assessment is held: the first of the scheme."""
        return self.laws[0]

    def law_of(self, name: str) -> Regulation:
        """Return one of its regulations by its id."""
        return next(law for law in self.laws if law.id == name)

    def places(self) -> dict[str, tuple[Obligation, Group]]:
        """Return every obligation that counts, by its full id, with the group it counts in."""
        found = {}
        for law, obligation in _obligations(self.laws):
            group = self.scheme.group_of(law.id, obligation)
            if group is not None:
                found[obligation.id] = (obligation, group)
        return found


def scheme_file(regulation: str, data: Path | None = None) -> Path:
    """Return the scheme in force for a regulation: the administrator's, else the one that came with it.

    Args:
        regulation: Id of the regulation.
        data: The data folder, whose own schemes and regulations are looked at too.

    Raises:
        UnknownNameError: If there is neither.
    """
    written = None if data is None else data / FOLDER / f"{regulation}.yaml"
    if written is not None and written.is_file():
        return written
    own = None if data is None else own_folder(data)
    known = [name for name in available(own=own) if (folder_of(name, own=own) / FILE).is_file()]
    if regulation in known:
        return folder_of(regulation, own=own) / FILE
    message = f"assessment scheme {regulation}: expected one of {', '.join(known)}"
    raise UnknownNameError(message, f"Name one of them, or write {FOLDER}/{regulation}.yaml in the data folder.")


def load_scheme(path: Path, data: Path | None = None) -> Method:
    """Load and check one scheme.

    Args:
        path: Its file.
        data: The data folder, whose own regulations it may name too.

    Raises:
        SchemeError: If something in it is wrong; each problem names file and line.
    """
    problems: list[Problem] = []
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = Problem(str(path), f"expected a file that can be read, got: {error.strerror}")
        message = f"{path}: this scheme cannot be used:"
        raise SchemeError(message, [problem], HINT) from error
    given, lines = read_with_lines(path, problems)
    scheme, laws = None, []
    if isinstance(given, dict):
        scheme = _scheme(path, {**given, "digest": hashlib.sha256(content).hexdigest()}, lines, problems)
        if "digest" in given:
            problems.append(Problem(f"{path}:{lines['digest',]}", "digest: is not written here; the loader sets it"))
    elif not problems:
        problems.append(Problem(f"{path}:1", "expected the fields of a scheme"))
    if scheme is not None:
        check = _Check(path, lines, scheme)
        laws = check.laws(None if data is None else own_folder(data), problems)
        problems += check.problems(laws)
    if problems or scheme is None:
        message = f"{path}: this scheme cannot be used:"
        raise SchemeError(message, problems, HINT)
    return Method(scheme, tuple(laws))


def _obligations(regulations: Sequence[Regulation]) -> list[tuple[Regulation, Obligation]]:
    return [(regulation, one) for regulation in regulations for one in regulation.obligations]


def _scheme(path: Path, given: dict[str, object], lines: Lines, problems: list[Problem]) -> Scheme | None:
    try:
        return Scheme.model_validate(given)
    except ValidationError as error:
        problems += located(path, error, lines, ())
        return None


@dataclass(frozen=True)
class _Check:
    """A scheme whose fields are of the right kind, with where they stand, against itself and the law."""

    path: Path
    lines: Lines
    scheme: Scheme

    def laws(self, own: Path | None, problems: list[Problem]) -> list[Regulation]:
        """Return the regulations whose duties count; those that cannot be used are problems."""
        found: list[Regulation] = []
        for index, name in enumerate(self.scheme.regulations):
            try:
                found.append(load(name, own=own))
            except FiredutyError as error:
                problems.append(self._at(("regulations", index), f"regulations: {error.message}"))
        return found

    def problems(self, laws: Sequence[Regulation]) -> list[Problem]:
        """Return all that does not add up or does not exist."""
        found = [*self._sum(), *self._ids(), *self._grades()]
        if len(laws) == len(self.scheme.regulations):
            found += [*self._matches(laws), *self._left_out(laws), *self._references(laws)]
        return found

    def _at(self, place: Place, message: str) -> Problem:
        return Problem(f"{self.path}:{line_of(self.lines, place)}", message)

    def _sum(self) -> Iterator[Problem]:
        weights = [group.weight for group in self.scheme.groups]
        if sum(weights) != self.scheme.total:
            added = " + ".join(f"{group.id} {group.weight}" for group in self.scheme.groups)
            message = f"groups: expected weights that add up to the total of {self.scheme.total}, got {sum(weights)}"
            yield self._at(("groups",), f"{message} ({added})")

    def _ids(self) -> Iterator[Problem]:
        for part, field, names in (
            ("groups", "id", [one.id for one in self.scheme.groups]),
            ("grades", "id", [one.id for one in self.scheme.grades]),
            ("grades", "title", [one.title for one in self.scheme.grades]),
        ):
            for index, name in enumerate(names):
                if name in names[:index]:
                    yield self._at((part, index, field), f"{part}: {field}: {name} stands twice")

    def _grades(self) -> Iterator[Problem]:
        before = self.scheme.total + 1
        for index, grade in enumerate(self.scheme.grades):
            if grade.at_least >= before:
                message = (
                    f"grades: at_least: expected less than {before}, got {grade.at_least}; the best grade is first"
                )
                yield self._at(("grades", index, "at_least"), message)
            before = grade.at_least
        if before != 0:
            message = f"grades: at_least: the last grade begins at 0, got {before}; every score needs a grade"
            yield self._at(("grades", len(self.scheme.grades) - 1, "at_least"), message)

    def _matches(self, regulations: Sequence[Regulation]) -> Iterator[Problem]:
        """Check that every entry takes an obligation that no entry before it has taken."""
        left = _obligations(regulations)
        entries: list[tuple[Place, Match]] = [
            (("uncounted", index), match) for index, match in enumerate(self.scheme.uncounted)
        ]
        for number, group in enumerate(self.scheme.groups):
            entries += [(("groups", number, "match", index), match) for index, match in enumerate(group.match)]
        for place, match in entries:
            still = [(law, one) for law, one in left if not match.takes(law.id, one)]
            if match.takes_all and place[0] == "uncounted":
                continue  # stands for what the groups leave
            if len(still) == len(left) and not match.takes_all:
                given = ", ".join(f"{name} {value}" for name, value in match.model_dump(exclude_defaults=True).items())
                message = f"expected an obligation that no entry before takes, found none with {given}"
                yield self._at(place, f"{place[0]}: {message}")
            left = still

    def _left_out(self, regulations: Sequence[Regulation]) -> Iterator[Problem]:
        for law, one in _obligations(regulations):
            forgotten = not any(match.takes(law.id, one) for match in self.scheme.uncounted)
            if forgotten and self.scheme.group_of(law.id, one) is None:
                message = f"groups: {one.id} ({one.ref} {one.title}) is in none; put it into one, or under uncounted"
                yield self._at(("groups",), message)

    def _references(self, regulations: Sequence[Regulation]) -> Iterator[Problem]:
        """Check the clauses and grades that the scheme names."""
        laws = {law.id: {clause.ref for clause in law.clauses} for law in regulations}
        first, grades = self.scheme.regulations[0], [grade.id for grade in self.scheme.grades]
        if self.scheme.basis not in laws[first]:
            yield self._at(("basis",), f"basis: expected a clause of {first}, got {self.scheme.basis}")
        for index, follow_up in enumerate(self.scheme.follow_ups):
            yield from self._follow_up(("follow_ups", index), follow_up, laws, first, grades)

    def _follow_up(
        self, place: Place, one: FollowUp, laws: dict[str, set[str]], first: str, grades: Sequence[str]
    ) -> Iterator[Problem]:
        law = one.regulation or first
        if law not in laws:
            message = f"follow_ups: regulation: expected one of {', '.join(laws)}, got {law}"
            yield self._at((*place, "regulation"), message)
        elif one.ref not in laws[law]:
            yield self._at((*place, "ref"), f"follow_ups: ref: expected a clause of {law}, got {one.ref}")
        for grade in () if one.about is None else one.about.grades:
            if grade not in grades:
                message = f"follow_ups: about: expected one of the grades {', '.join(grades)}, got {grade}"
                yield self._at((*place, "about"), message)
