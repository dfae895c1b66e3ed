"""Mails: built so that sending one again gives the very same mail, and handed over connections that are kept."""

import base64
import select
import smtplib
import ssl
import time
from dataclasses import dataclass
from email.utils import format_datetime, formataddr
from functools import cache, lru_cache
from typing import Any, cast

from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.common import SecureMailMode
from apprise.utils.parse import is_email, parse_emails

from fireduty.clock import SHANGHAI
from fireduty.errors import DeliveryError
from tasks.delivery import Letter

KEY_HEADER = "X-Fireduty-Message"
"""The header that carries a message's key over every channel that has headers."""

MAILS_PER_CONNECTION = 100
"""After so many mails a connection is renewed; servers commonly close theirs at this number."""

IDLE_SECONDS = 10.0
"""After so long a connection is asked whether it still lives, before a mail is trusted to it."""

MOST_PLAIN = 60
"""Signs of a header that fit a line with its name (RFC 5322, 2.1.1: 78 a line)."""

CHUNK_BYTES = 39
"""Bytes of one encoded word: with base64 and its marks it stays below 75 signs (RFC 2047, 2)."""

LINE = 76
"""Signs in a line of base64 (RFC 2045, 6.8)."""

COMPLETED = 250
"""RFC 5321's "completed"."""


@dataclass(frozen=True)
class Mail:
    """A mail, ready to be handed over."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


def recipient_of(address: str) -> str:
    """Return the one mail address that a contact's address is.

    Raises:
        DeliveryError: If it is none, or several.
    """
    # Apprise has no types here.
    split, read = cast("Any", parse_emails), cast("Any", is_email)
    found = split(address)
    mail = read(found[0]) if len(found) == 1 else None
    # What surrounds an address, such as a second one that could not be read, is not guessed away.
    if not mail or mail["full_email"] != address.strip():
        message = f"expected one mail address, got {len(found)}"
        raise DeliveryError(message, "Mend the contact's address in the register.")
    return str(mail["full_email"])


def build(plugin: NotifyEmail, letter: Letter) -> Mail:
    """Build a mail: its key is its Message-ID, and its parts are the text and, where there is one, the HTML."""
    recipient, sender = recipient_of(letter.address), str(plugin.from_addr[1])
    head = [
        *_standing(plugin),
        f"To: {recipient}",
        f"Subject: {_encoded(letter.title)}",
        f"Date: {format_datetime(letter.composed_at.astimezone(SHANGHAI))}",
        f"Message-ID: <{letter.key}@{sender.partition('@')[2]}>",
        f"{KEY_HEADER}: {letter.key}",
        "MIME-Version: 1.0",
    ]
    if letter.html:
        boundary = f"=_{letter.key}"
        head.append(f'Content-Type: multipart/alternative; boundary="{boundary}"')
        parts = [_part("plain", letter.text), _part("html", letter.html)]
        body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
        content = "\r\n".join([*head, "", body])
    else:
        content = "\r\n".join(head) + "\r\n" + _part("plain", letter.text)
    others = sorted({*plugin.cc, *plugin.bcc} - {recipient})
    return Mail(sender, (recipient, *others), content.encode("ascii"))


@lru_cache(maxsize=16)
def _standing(plugin: NotifyEmail) -> list[str]:
    """Return the header lines that are the same in every mail of a channel."""
    sender = formataddr((str(plugin.from_addr[0] or ""), str(plugin.from_addr[1])), charset="utf-8")
    lines = [f"From: {sender}", f"X-Application: {plugin.app_id}"]
    for name, addresses in (("Cc", plugin.cc), ("Reply-To", plugin.reply_to)):
        if addresses:
            lines.append(f"{name}: {', '.join(sorted(addresses))}")
    return [*lines, *(f"{name}: {_encoded(str(value))}" for name, value in plugin.headers.items())]


def _encoded(words: str) -> str:
    """Write a header's words: as they are where they are short and ASCII, else in encoded words (RFC 2047)."""
    one_line = " ".join(words.split())
    if one_line.isascii() and len(one_line) <= MOST_PLAIN:
        return one_line
    chunks, size = [""], 0
    for sign in one_line:
        size += len(sign.encode())
        if size > CHUNK_BYTES:
            chunks.append("")
            size = len(sign.encode())
        chunks[-1] += sign
    coded = (base64.b64encode(chunk.encode()).decode("ascii") for chunk in chunks)
    return "\r\n ".join(f"=?utf-8?b?{chunk}?=" for chunk in coded)


def _part(kind: str, words: str) -> str:
    text = "\r\n".join(words.splitlines()) + "\r\n"
    coded = base64.b64encode(text.encode()).decode("ascii")
    lines = "\r\n".join([coded[first : first + LINE] for first in range(0, len(coded), LINE)])
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}\r\n"


@dataclass
class Connection:
    """A mail server, connected to as long as it takes mails."""

    smtp: smtplib.SMTP | None = None
    mails: int = 0
    used_at: float = 0.0

    def deliver(self, plugin: NotifyEmail, mail: Mail) -> str:
        """Hand a mail over and return the server's answer."""
        smtp = self._connected(plugin)
        try:
            answer = _hand_over(smtp, mail)
        except BaseException:
            # In whichever state the conversation broke off, the next mail begins a new one. No QUIT: in the
            # middle of a mail's text it would be taken for a part of it.
            self._drop()
            raise
        self.used_at = time.monotonic()
        return answer

    def close(self) -> None:
        """Take leave of the server."""
        if self.smtp is not None:
            try:
                self.smtp.quit()
            except (OSError, smtplib.SMTPException):
                self.smtp.close()
        self.smtp, self.mails = None, 0

    def _drop(self) -> None:
        if self.smtp is not None:
            self.smtp.close()
        self.smtp, self.mails = None, 0

    def _connected(self, plugin: NotifyEmail) -> smtplib.SMTP:
        if self.smtp is not None and (self.mails >= MAILS_PER_CONNECTION or not self._alive(self.smtp)):
            self.close()
        if self.smtp is None:
            self.smtp = _connect(plugin)
        self.mails += 1
        return self.smtp

    def _alive(self, smtp: smtplib.SMTP) -> bool:
        """Whether the server still listens; it is only asked where there is a doubt, for asking costs a round trip."""
        if self._fresh(smtp):
            return True
        try:
            return smtp.noop()[0] == COMPLETED
        except (OSError, smtplib.SMTPException):
            return False

    def _fresh(self, smtp: smtplib.SMTP) -> bool:
        """Whether the server was there a moment ago and has said nothing since, as it does when it takes leave."""
        quiet = smtp.sock is not None and not select.select([smtp.sock], [], [], 0)[0]
        return quiet and time.monotonic() - self.used_at < IDLE_SECONDS


def _connect(plugin: NotifyEmail) -> smtplib.SMTP:
    port, timeout = int(plugin.port or 0), plugin.socket_connect_timeout
    if plugin.secure_mode == SecureMailMode.SSL:
        context = _tls(verify=plugin.verify_certificate)
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(plugin.smtp_host, port, timeout=timeout, context=context)
    else:
        smtp = smtplib.SMTP(plugin.smtp_host, port, timeout=timeout)
    try:
        if plugin.secure_mode == SecureMailMode.STARTTLS:
            smtp.starttls(context=_tls(verify=plugin.verify_certificate))
        if plugin.user and plugin.password:
            smtp.login(plugin.user, plugin.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _hand_over(smtp: smtplib.SMTP, mail: Mail) -> str:
    """Go through one mail's conversation; all its recipients get it, or none."""
    smtp.ehlo_or_helo_if_needed()
    code, answer = smtp.mail(mail.sender)
    if code != COMPLETED:
        raise smtplib.SMTPSenderRefused(code, answer, mail.sender)
    for recipient in mail.recipients:
        code, answer = smtp.rcpt(recipient)
        if code not in (COMPLETED, 251):
            raise smtplib.SMTPResponseException(code, answer)
    code, answer = smtp.data(mail.content)
    if code != COMPLETED:
        raise smtplib.SMTPDataError(code, answer)
    return f"{code} {answer.decode('utf-8', 'replace')}"


@cache
def _tls(*, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def said(error: Exception) -> str:
    """Return an error's own words, with a mail server's code and answer in readable form."""
    if isinstance(error, smtplib.SMTPResponseException):
        answer: Any = error.smtp_error
        readable = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        return f"{error.smtp_code} {readable}"
    return str(error) or type(error).__name__
