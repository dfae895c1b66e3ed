"""The forms a message takes: a mail's text and HTML, a robot's markdown or text, a short message.

Each channel takes so much and no more. What does not fit is cut off between two items, and said to be.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from fireduty.settings import Settings
from tasks import wording
from tasks.tokens import scheme_of


class Words(NamedTuple):
    """What a message says: a title, the text, and the same as HTML where the form has it."""

    title: str
    text: str
    html: str = ""


@dataclass(frozen=True)
class Form:
    """How a message is written for a channel.

    Attributes:
        template: The template of the text.
        html: The template of the HTML part, where there is one.
        most_bytes: How many bytes of UTF-8 the text may have; any number where 0.
        most_signs: How many signs it may have; any number where 0.
        most_listed: How many bodies with the same duty are listed; of the rest the number is told.
    """

    template: str
    html: str = ""
    most_bytes: int = 0
    most_signs: int = 0
    most_listed: int = 200

    def fits(self, text: str) -> bool:
        """Whether a text is short enough."""
        enough = not self.most_bytes or len(text.encode()) <= self.most_bytes
        return enough and (not self.most_signs or len(text) <= self.most_signs)


PLAIN = Form("message.txt.j2")
MAIL = Form("message.txt.j2", html="message.html.j2")

# 企业微信, 群机器人配置说明: the content of a markdown message has at most 4096 bytes.
WECOM = Form("brief.md.j2", most_bytes=4096, most_listed=5)

# 钉钉, 自定义机器人接入: a message has at most 20,000 bytes; some are left for what surrounds the text.
DINGTALK = Form("brief.md.j2", most_bytes=19_000, most_listed=20)

# 飞书, 自定义机器人使用指南: a request has at most 20 KB; some are left for what surrounds the text, and for escapes.
FEISHU = Form("brief.txt.j2", most_bytes=18_000, most_listed=20)

# Two parts of a long short message of Chinese signs, at 67 each (3GPP TS 23.040); that it be two is ours.
SHORT = Form("short.txt.j2", most_signs=134, most_listed=1)

_BY_SCHEME = {
    "mailto": MAIL,
    "mailtos": MAIL,
    "wecombot": WECOM,
    "dingtalk": DINGTALK,
    "feishu": FEISHU,
    "lark": FEISHU,
}

_SHORT_MESSAGES = (
    "46elks",
    "atalk",
    "bulksms",
    "bulkvs",
    "burstsms",
    "clickatell",
    "clicksend",
    "d7sms",
    "freemobile",
    "httpsms",
    "kavenegar",
    "msg91",
    "nexmo",
    "plivo",
    "popcorn",
    "seven",
    "sinch",
    "smseagle",
    "smsmanager",
    "sns",
    "twilio",
    "voipms",
    "vonage",
)
"""Schemes of Apprise that send short messages to telephones."""


def form_of(settings: Settings, channel: str) -> Form:
    """Return the form of a channel's messages."""
    scheme = scheme_of(settings.channels.get(channel, ""))
    return SHORT if scheme in _SHORT_MESSAGES else _BY_SCHEME.get(scheme, PLAIN)


def write(
    form: Form,
    blocks: Sequence[Sequence[Any]],
    facts: Mapping[str, Any],
    grouped: Callable[[Sequence[Sequence[Any]]], Any],
    fill: wording.Fill,
) -> Words:
    """Write a message in a form, cut between two items where it would be too long.

    Args:
        form: The form.
        blocks: Items that are told together, in order.
        facts: What templates may name beside the items.
        grouped: Puts blocks into groups by urgency.
        fill: Fills a template in.
    """
    said = {**facts, "most_listed": form.most_listed}
    title = " ".join(fill("title.txt.j2", said).split())

    def told(count: int, template: str) -> str:
        left_out = sum(len(block) for block in blocks[count:])
        return fill(template, {**said, "title": title, "groups": grouped(blocks[:count]), "left_out": left_out})

    count = _most_that_fit(form, lambda count: told(count, form.template), len(blocks))
    text = told(count, form.template)
    return Words(
        title, text if form.fits(text) else _cut(form, text), told(len(blocks), form.html) if form.html else ""
    )


def _most_that_fit(form: Form, told: Callable[[int], str], total: int) -> int:
    """Return how many blocks fit, found by halving; nearly always all do."""
    if not (form.most_bytes or form.most_signs) or form.fits(told(total)):
        return total
    least, most = 0, total - 1
    while least < most:
        middle = (least + most + 1) // 2
        if form.fits(told(middle)):
            least = middle
        else:
            most = middle - 1
    return least


def _cut(form: Form, text: str) -> str:
    """Cut a text that is too long without any item, by its names or titles alone."""
    kept = text[: form.most_signs - 1] if form.most_signs else text
    if form.most_bytes:
        kept = kept.encode()[: form.most_bytes - 3].decode(errors="ignore")
    return kept + "…"
