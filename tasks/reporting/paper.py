"""Setting a page as GB/T 9704-2012 sets an official document: page, fonts, lines, headings, tables, annexes."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tasks.sheets import same_bytes

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph

# GB/T 9704-2012, 5.1 to 5.2: A4; margins above 37 mm and at the binding 28 mm; type area of 156 mm by 225 mm with
# 22 lines of 28 characters in size 3 (16 pt).
_PAGE_MM = (210, 297)
_MARGINS_MM = {"top": 37, "left": 28, "right": 26, "bottom": 35}
_LINE_PT = 29
_SIZES_PT = {"title": 22, "body": 16, "table": 10.5, "foot": 14}
_INDENT_PT = 2 * _SIZES_PT["body"]
# 7.3.5: without a seal, the signature stands two characters from the right, the date below it.
_SIGNED_PT = 2 * _SIZES_PT["body"]

_BODY_FONT, _HEADING_FONT, _TITLE_FONT, _NUMBER_FONT = "仿宋", "黑体", "方正小标宋简体", "Times New Roman"

# How wide the column of a field is beside the others; all others are of width 2.
_WEIGHTS = {
    "number": 1.4,
    "name": 3.6,
    "title": 4,
    "body": 4,
    "code": 4,
    "clause": 3.6,
    "ids": 6,
    "step": 2.6,
    "due_on": 3.4,
    "days": 1.6,
    "rate": 2.4,
}
_USUAL_WEIGHT = 2
_TYPE_WIDTH_MM = 156


class Paper:
    """A document while it is set."""

    def __init__(self) -> None:
        """Begin with an empty A4 page."""
        from docx import Document  # noqa: PLC0415 - slow to load, and only reports need it

        self.document: Docx = Document()
        _set_page(self.document)
        _set_styles(self.document)

    def title(self, words: str) -> None:
        """Set the heading of the document, in size 2 (22 pt), in the middle."""
        paragraph = self._paragraph(words, _TITLE_FONT, _SIZES_PT["title"])
        _centre(paragraph)
        paragraph.paragraph_format.space_after = _points(_SIZES_PT["body"])

    def heading(self, words: str) -> None:
        """Set a heading of the first level."""
        paragraph = self._paragraph(words, _HEADING_FONT, _SIZES_PT["body"])
        paragraph.paragraph_format.first_line_indent = _points(_INDENT_PT)
        paragraph.paragraph_format.keep_with_next = True

    def line(self, words: str, *, indent: bool = True) -> None:
        """Set a paragraph of the text."""
        paragraph = self._paragraph(words, _BODY_FONT, _SIZES_PT["body"])
        if indent:
            paragraph.paragraph_format.first_line_indent = _points(_INDENT_PT)

    def each(self, field: str) -> None:
        """Set one paragraph for each text of a field."""
        self.document.add_paragraph(f"{{%p for words in {field} %}}")
        self.line("{{ words }}")
        self.document.add_paragraph("{%p endfor %}")

    def only_if(self, field: str, words: str) -> None:
        """Set a line in the middle where a field is not empty."""
        self.document.add_paragraph(f"{{%p if {field} %}}")
        _centre(self._paragraph(words, _BODY_FONT, _SIZES_PT["body"]))
        self.document.add_paragraph("{%p endif %}")

    def picture(self, field: str, caption: str) -> None:
        """Set a picture with its caption below."""
        paragraph = self._paragraph(f"{{{{ {field} }}}}", _BODY_FONT, _SIZES_PT["table"])
        _centre(paragraph, exact=False)
        paragraph.paragraph_format.keep_with_next = True
        _centre(self._paragraph(caption, _HEADING_FONT, _SIZES_PT["table"]), exact=False)

    def table(self, caption: str, field: str, columns: Mapping[str, str]) -> None:
        """Set a table with a row for each entry of a field; its header is repeated on each page."""
        if caption:
            paragraph = self._paragraph(caption, _HEADING_FONT, _SIZES_PT["table"])
            _centre(paragraph, exact=False)
            paragraph.paragraph_format.keep_with_next = True
        table = self.document.add_table(rows=0, cols=len(columns), style="Table Grid")
        _set_widths(table, list(columns.values()))
        cells = [f"{{{{ row.{name} }}}}" for name in columns.values()]
        blank = [""] * (len(columns) - 1)
        rows = ([*columns], [f"{{%tr for row in {field} %}}", *blank], cells, ["{%tr endfor %}", *blank])
        for place, texts in enumerate(rows):
            row = table.add_row()
            for cell, column in zip(row.cells, table.columns, strict=True):
                cell.width = column.width
            _mark_row(row, "w:cantSplit")
            for cell, words in zip(row.cells, texts, strict=True):
                paragraph = cell.paragraphs[0]
                _write(paragraph, words, _BODY_FONT if place else _HEADING_FONT, _SIZES_PT["table"])
                _centre(paragraph, exact=False)
        _mark_row(table.rows[0], "w:tblHeader")
        self.document.add_paragraph()

    def signature(self, signer: str, dated: str) -> None:
        """Set who signs, and the day, at the right."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - as above

        self.document.add_paragraph()
        for words in (signer, dated):
            paragraph = self._paragraph(words, _BODY_FONT, _SIZES_PT["body"])
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = _points(_SIGNED_PT)

    def annex(self, number: str, title: str) -> None:
        """Begin an annex on a page of its own."""
        paragraph = self._paragraph(number, _HEADING_FONT, _SIZES_PT["body"])
        paragraph.paragraph_format.page_break_before = True
        _centre(self._paragraph(title, _TITLE_FONT, _SIZES_PT["title"]))

    def content(self) -> bytes:
        """Return the document as a file."""
        target = io.BytesIO()
        self.document.save(target)
        return same_bytes(target.getvalue())

    def _paragraph(self, words: str, font: str, size: float) -> "Paragraph":
        paragraph = self.document.add_paragraph()
        _write(paragraph, words, font, size)
        return paragraph


def _set_page(document: "Docx") -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - as above
    from docx.shared import Mm  # noqa: PLC0415 - as above

    [section] = document.sections
    section.page_width, section.page_height = (Mm(length) for length in _PAGE_MM)
    for side, length in _MARGINS_MM.items():
        setattr(section, f"{side}_margin", Mm(length))
    # 7.5: the page number stands below the type area between two dashes.
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words in ("— ", "", " —"):
        run = _write(paragraph, words, "宋体", _SIZES_PT["foot"])
        if not words:
            _insert_page_number(run)


def _set_styles(document: "Docx") -> None:
    from docx.enum.text import WD_LINE_SPACING  # noqa: PLC0415 - as above

    document.core_properties.author = "Fireduty"
    document.core_properties.comments = ""
    style: Any = document.styles["Normal"]
    style.paragraph_format.space_after = _points(0)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = _points(_LINE_PT)
    style.font.name, style.font.size = _NUMBER_FONT, _points(_SIZES_PT["body"])
    properties = style.element.get_or_add_rPr()
    properties.rFonts.set(_name("w:eastAsia"), _BODY_FONT)
    language = properties.makeelement(_name("w:lang"), {_name("w:val"): "zh-CN", _name("w:eastAsia"): "zh-CN"})
    properties.append(language)


def _write(paragraph: "Paragraph", words: str, font: str, size: float) -> Any:
    """Add words to a paragraph: Chinese characters in a font, digits and letters in that for numbers."""
    run: Any = paragraph.add_run(words)
    run.font.name, run.font.size = _NUMBER_FONT, _points(size)
    run._element.rPr.rFonts.set(_name("w:eastAsia"), font)  # noqa: SLF001 - the library has no door to this font
    return run


def _centre(paragraph: "Paragraph", *, exact: bool = True) -> None:
    """Set a paragraph in the middle; lines of exact height would cut pictures and crowd tables."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - as above

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if not exact:
        paragraph.paragraph_format.line_spacing = 1.0


def _insert_page_number(run: Any) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415 - as above

    for tag, attributes, words in (
        ("w:fldChar", {"w:fldCharType": "begin"}, ""),
        ("w:instrText", {}, "PAGE"),
        ("w:fldChar", {"w:fldCharType": "end"}, ""),
    ):
        element: Any = OxmlElement(tag)
        for name, value in attributes.items():
            element.set(_name(name), value)
        element.text = words or None
        run._element.append(element)  # noqa: SLF001 - the library has no fields


def _set_widths(table: Any, fields: Sequence[str]) -> None:
    from docx.shared import Mm  # noqa: PLC0415 - as above

    table.autofit = False
    weights = [_WEIGHTS.get(field, _USUAL_WEIGHT) for field in fields]
    for column, weight in zip(table.columns, weights, strict=True):
        column.width = Mm(_TYPE_WIDTH_MM * weight / sum(weights))


def _mark_row(row: Any, tag: str) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415 - as above

    row._tr.get_or_add_trPr().append(OxmlElement(tag))  # noqa: SLF001 - the library has no such property


def _points(size: float) -> Any:
    from docx.shared import Pt  # noqa: PLC0415 - as above

    return Pt(size)


def _name(tag: str) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415 - as above

    return str(qn(tag))
