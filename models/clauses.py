"""Clauses: the numbered places of an official text, found in the text itself.

No official sentence is stored. A clause is its ref and the digest of its words; whoever holds the official file can
prove with both that the clause exists and has not changed.

Two ways of numbering are known: articles (第十条, then （四）, then further paragraphs), written `art10(4)`,
`art11(1)p2`, `art24.p1`; and sections (一、 then （二） then 3.), written `s1.2.3`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_ARTICLE = re.compile(r"^第([零一二三四五六七八九十百]+)条")
_CHAPTER = re.compile(r"^第[零一二三四五六七八九十]+章")
_ITEM = re.compile(r"^[（(]([零一二三四五六七八九十]+)[）)]")
_SECTION = re.compile(r"^([一二三四五六七八九十]+)、")
_POINT = re.compile(r"^(\d{1,2})[.．、](?!\d)")
_ENDS = "。；：！？;:!?"
_LONGEST_HEADING = 20
_POINTS = 3


@dataclass(frozen=True)
class Clause:
    """One numbered place of a text.

    Attributes:
        ref: Its place.
        digest: SHA-256 of its words, without blanks and with unified punctuation.
        words: The words themselves; held in memory only.
    """

    ref: str
    digest: str
    words: str = field(repr=False, compare=False)


def number(chinese: str) -> int:
    """Read a Chinese number up to ninety-nine.

    Raises:
        KeyError: If it is none.
    """
    tens, ten, ones = chinese.rpartition("十")
    if not ten:
        return _DIGITS[chinese]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def digest(words: str) -> str:
    """Return the digest of a clause's words, whatever blanks, line ends or bracket forms the file uses."""
    plain = "".join(unicodedata.normalize("NFKC", words).split())
    return hashlib.sha256(plain.encode()).hexdigest()


def clauses_of(text: str) -> list[Clause]:
    """Return every clause of an official text, in order.

    Titles, chapter headings, the issuing notice before the first article and what follows the last clause are no
    clauses.
    """
    lines = list(_paragraphs(text))
    by_article = any(_ARTICLE.match(line) for line in lines)
    found = _by_article(lines) if by_article else _by_section(lines)
    return [Clause(ref, digest(words), words) for ref, words in found]


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs; a line that a page break has torn is joined again."""
    held = ""
    for raw in text.replace("﻿", "").splitlines():
        line = "".join(raw.replace("*", "").split())
        if not line:
            continue
        if held and not _begins(line) and not _is_whole(held):
            held += line
            continue
        if held:
            yield held
        held = line
    if held:
        yield held


def _begins(line: str) -> bool:
    return any(form.match(line) for form in (_ARTICLE, _CHAPTER, _ITEM, _SECTION, _POINT))


def _is_whole(line: str) -> bool:
    """Tell whether a line ends a paragraph: by its punctuation, or as a short numbered heading without any."""
    if line[-1] in _ENDS or _CHAPTER.match(line):
        return True
    return len(line) <= _LONGEST_HEADING and not re.search(r"[，。；、,]", line[3:])


def _by_article(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield ref and words of the clauses of a text with articles."""
    for article, paragraphs in _articles(lines):
        groups = list(_items(paragraphs))
        if len(groups) == 1 and len(paragraphs) > 1:
            yield from ((f"art{article}.p{place}", words) for place, words in enumerate(paragraphs, 1))
            continue
        for item, words in groups:
            base = f"art{article}" + (f"({item})" if item else "")
            for place, paragraph in enumerate(words, 1):
                yield (base if place == 1 else f"{base}p{place}"), paragraph


def _articles(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    current: tuple[int, list[str]] | None = None
    for line in lines:
        if match := _ARTICLE.match(line):
            if current:
                yield current
            current = number(match[1]), [line[match.end() :]]
        elif current and not _CHAPTER.match(line):
            current[1].append(line)
    if current:
        yield current


def _items(paragraphs: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Group an article's paragraphs by item; item 0 is what stands before the first."""
    item, words = 0, list[str]()
    for paragraph in paragraphs:
        if match := _ITEM.match(paragraph):
            if words:
                yield item, words
            item, words = number(match[1]), [paragraph[match.end() :]]
        else:
            words.append(paragraph)
    if words:
        yield item, words


def _by_section(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield ref and words of the clauses of a text with sections; a bare heading stands with all that is below it."""
    for place, paragraphs in _places(lines):
        ref = "s" + ".".join(map(str, place))
        if paragraphs[0][-1] not in _ENDS:
            yield ref, "".join(paragraphs)
            continue
        for count, paragraph in enumerate(paragraphs, 1):
            yield (ref if count == 1 else f"{ref}p{count}"), paragraph


def _places(lines: Iterable[str]) -> Iterator[tuple[list[int], list[str]]]:
    """Group the paragraphs of a text with sections by number, down to its signature or date."""
    place, paragraphs = list[int](), list[str]()
    for line in lines:
        level, match = _level(line, place)
        if match is not None:
            if paragraphs:
                yield place, paragraphs
            place = [*place[: level - 1], int(match[1]) if level == _POINTS else number(match[1])]
            paragraphs = [line]
        elif place and line[-1] not in _ENDS:
            break  # the signature below the last clause, or the date
        elif place:
            paragraphs.append(line)
    if paragraphs:
        yield place, paragraphs


def _level(line: str, place: Sequence[int]) -> tuple[int, re.Match[str] | None]:
    if match := _SECTION.match(line):
        return 1, match
    if place and (match := _ITEM.match(line)):
        return 2, match
    if len(place) >= 1 and (match := _POINT.match(line)):
        return _POINTS, match
    return 0, None
