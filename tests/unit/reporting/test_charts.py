"""The font that is shipped has every character a chart shows, and a chart is the same picture every time."""

import io

import pytest
from docx import Document
from PIL import Image

from flows.catalogue import NAMES, process_named
from models.kinds import BodyKind
from models.packs import available, load
from models.regulation import Level
from tasks.reporting.charts import FONT, GETA, drawable, missing, shares, stacked
from tasks.reporting.figures import Tally
from tasks.reporting.forms import form
from tasks.reporting.kinds import ReportKind
from tasks.reporting.statuses import Status

PNG = b"\x89PNG\r\n\x1a\n"
TALLY = Tally({Status.ACCEPTED: 5, Status.LATE: 2, Status.OVERDUE: 1, Status.SUBMITTED: 1, Status.OPEN: 4})


def test_the_font_and_its_licence_are_shipped() -> None:
    licence = FONT.with_name("OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Adobe" in licence
    assert FONT.stat().st_size < 2_000_000


def test_no_word_that_a_chart_can_show_lacks_a_character() -> None:
    words = [
        *(kind.chinese for kind in BodyKind),
        *(status.chinese for status in Status),
        *(level.chinese for level in Level),
        *(process_named(name).chinese for name in NAMES),
        *(load(name).title for name in available()),
        "按期办结逾期未办结待审核在办理期限内任务数（项）按期办结率（%）0123456789月/.—",
        GETA,
    ]
    assert missing("".join(words)) == ""


@pytest.mark.parametrize("kind", ReportKind)
def test_the_font_has_every_character_of_our_templates(kind: ReportKind) -> None:
    document = Document(io.BytesIO(form(kind)))
    assert missing("".join(paragraph.text for paragraph in document.paragraphs)) == ""


def test_a_character_outside_the_font_is_told_and_drawn_as_geta() -> None:
    assert missing("堃区") == "堃"
    assert drawable("堃区") == "〓区"


def test_no_glyph_is_missing_when_a_chart_is_drawn(recwarn: pytest.WarningsRecorder) -> None:
    stacked({"1月": TALLY, "12月": Tally({})})
    shares({"街道或镇": TALLY, "堃": TALLY})
    assert [str(one.message) for one in recwarn if "lyph" in str(one.message)] == []


@pytest.mark.parametrize("draw", [stacked, shares])
def test_a_chart_is_a_png_as_wide_as_the_page_and_always_the_same(draw: object) -> None:
    assert callable(draw)
    first, second = draw({"1月": TALLY}), draw({"1月": TALLY})
    assert first == second
    assert first.startswith(PNG)
    assert 1150 < Image.open(io.BytesIO(first)).width < 1200


def test_the_parts_of_a_bar_differ_in_more_than_colour() -> None:
    grey = Image.open(io.BytesIO(stacked({"1月": TALLY}))).convert("L")
    column = {grey.getpixel((600, y)) for y in range(grey.height)}
    assert len(column) > 4


@pytest.mark.parametrize("draw", [stacked, shares])
def test_a_chart_without_anything_to_show_is_drawn_all_the_same(draw: object) -> None:
    assert callable(draw)
    assert draw({}).startswith(PNG)
    assert draw({"1月": Tally({})}).startswith(PNG)
