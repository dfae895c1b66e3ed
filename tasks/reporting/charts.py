"""Charts for reports, drawn with the font that the project ships, so that no machine shows boxes for characters.

Colour is never the only cue: each part has a hatch of its own and its number beside it, for reports are printed in
black and white.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fireduty.errors import FileFormatError
from tasks.reporting.figures import Tally
from tasks.reporting.official import share_text
from tasks.reporting.statuses import Status

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

FONT = Path(__file__).parent / "fonts" / "FiredutySansSC-Regular.otf"
"""A subset of Noto Sans CJK SC (SIL OFL 1.1): ASCII and all of GB 2312; docs/adr says how it was made."""

GETA = "〓"
"""What printers set where they lack a character (下驮符); it is in the font."""

WIDTH_MM = 150
"""As wide as the type area of GB/T 9704 leaves room for, which is 156 mm."""

_INCH_MM = 25.4
_DPI = 200
_SIZE = 10.5
_BAR = 0.62
_LINE = {"edgecolor": "#333333", "linewidth": 0.6}
_LEGEND_COLUMNS = 3
_SHARE_AXIS = 140  # room for the words behind a bar of 100 per cent

_PARTS: Sequence[tuple[str, tuple[Status, ...], str, str]] = (
    ("按期办结", (Status.ACCEPTED,), "#2f6f9f", ""),
    ("逾期办结", (Status.LATE,), "#f0b13c", "///"),
    ("逾期未办结", (Status.OVERDUE,), "#c0392b", "xxx"),
    ("待审核", (Status.SUBMITTED,), "#9fb7c9", "..."),
    ("在办理期限内", (Status.OPEN, Status.RETURNED, Status.SCHEDULED), "#e4e7ea", ""),
)
"""The parts of a bar, from below: name, statuses, colour, hatch."""


def stacked(tallies: Mapping[str, Tally], unit: str = "任务数（项）") -> bytes:
    """Draw one bar for each name, made of parts by status, as PNG; the same figures give the same bytes."""
    figure, axes = _canvas(88)
    names, place = list(tallies), range(len(tallies))
    bottoms, highest = [0] * len(names), max((tally.owed for tally in tallies.values()), default=0)
    for part, statuses, colour, hatch in _PARTS:
        sizes = [sum(tally[status] for status in statuses) for tally in tallies.values()]
        if any(sizes):
            axes.bar(place, sizes, _BAR, bottom=bottoms, label=part, color=colour, hatch=hatch, **_LINE)
        bottoms = [below + size for below, size in zip(bottoms, sizes, strict=True)]
    for at, total in zip(place, bottoms, strict=True):
        axes.annotate(str(total), (at, total), (0, 2), **_above())
    axes.set_ylim(0, max(highest, 1) * 1.12)
    _mark(axes.set_xticks, place, names)
    axes.set_ylabel(unit, fontproperties=_font())
    axes.yaxis.get_major_locator().set_params(integer=True)
    _below(figure, axes)
    return _png(figure)


def shares(tallies: Mapping[str, Tally], unit: str = "按期办结率（%）") -> bytes:
    """Draw one lying bar for each name, as long as its share done in time, as PNG; where nothing is settled, no bar."""
    found = {name: tally for name, tally in tallies.items() if tally.rate is not None}
    figure, axes = _canvas(22 + 8 * max(len(found), 1))
    place = range(len(found))
    rates = [float(tally.rate or 0) for tally in found.values()]
    axes.barh(place, rates, _BAR, color="#2f6f9f", **_LINE)
    for at, (rate, tally) in enumerate(zip(rates, found.values(), strict=True)):
        words = f"{share_text(tally[Status.ACCEPTED], tally.settled)}（{tally[Status.ACCEPTED]}/{tally.settled}）"
        axes.annotate(words, (rate, at), (3, 0), textcoords="offset points", va="center", fontproperties=_font())
    axes.set_xlim(0, _SHARE_AXIS)
    axes.set_xticks(range(0, 101, 20))
    axes.invert_yaxis()
    _mark(axes.set_yticks, place, list(found))
    axes.set_xlabel(unit, fontproperties=_font())
    return _png(figure)


def missing(text: str) -> str:
    """Return the characters of a text that the font has no glyph for."""
    return "".join(dict.fromkeys(one for one in text if ord(one) not in _glyphs()))


def drawable(text: str) -> str:
    """Return a text with the printers' geta in place of each character that the font lacks."""
    return "".join(one if ord(one) in _glyphs() else GETA for one in text)


@cache
def _glyphs() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - slow to load, and only charts need it

    try:
        with TTFont(FONT, lazy=True) as font:
            return frozenset(font.getBestCmap())
    except OSError as error:
        expected = "the font that comes with Fireduty"
        raise FileFormatError(FONT, expected, "Install Fireduty anew; the package is not whole.") from error


@cache
def _font() -> "FontProperties":
    from matplotlib.font_manager import FontProperties, fontManager  # noqa: PLC0415 - as above

    # The numbers of an axis take a font by its name only, so the library must know it.
    fontManager.addfont(FONT)
    return FontProperties(fname=str(FONT), size=_SIZE)


def _canvas(height_mm: float) -> tuple["Figure", Any]:
    """Return a figure of its own, outside of pyplot's memory, so that several threads may draw."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    figure = Figure(figsize=(WIDTH_MM / _INCH_MM, height_mm / _INCH_MM), dpi=_DPI, layout="constrained")
    axes: Any = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=_SIZE, labelfontfamily=_font().get_name())
    return figure, axes


def _mark(set_ticks: Any, place: Iterable[int], names: Sequence[str]) -> None:
    set_ticks(list(place), [drawable(name) for name in names], fontproperties=_font())


def _above() -> dict[str, Any]:
    return {"textcoords": "offset points", "ha": "center", "va": "bottom", "fontproperties": _font()}


def _below(figure: "Figure", axes: Any) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if labels:
        figure.legend(handles, labels, loc="outside lower center", ncols=_LEGEND_COLUMNS, prop=_font(), frameon=False)


def _png(figure: "Figure") -> bytes:
    target = io.BytesIO()
    # The version of the drawing library has no place in a picture that should be the same every time.
    figure.savefig(target, format="png", metadata={"Software": None})
    return target.getvalue()
