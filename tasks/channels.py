"""The ways a message leaves the house: every Apprise address, and mail over connections that are kept.

Apprise is imported with this module, which is slow; `tasks.delivery` imports it when it delivers.

Apprise reads the address and builds the mail, but this module hands it to the server: Apprise's own sending
reads the machine's whole certificate store for every mail, and keeps neither the connection nor the answer.
"""

import logging
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string
from email.utils import format_datetime
from functools import cache
from types import TracebackType
from typing import Self
from urllib.parse import quote, unquote, urlsplit

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.common import AppriseEmailException, EmailMessage, SecureMailMode

from fireduty.clock import SHANGHAI
from fireduty.errors import DeliveryError
from tasks.delivery import Letter

KEY_HEADER = "X-Fireduty-Message"
"""The header that carries a message's key over every channel that has headers."""

MAILS_PER_CONNECTION = 100
"""After so many mails a connection is renewed; servers commonly close theirs at this number."""

LONGEST_ANSWER = 300

SHORTEST_SECRET = 4
"""Shorter parts of an address, such as a user called `fd`, are no secrets; a password always is."""

_NO_SECRETS = ("mode", "verify", "format", "overflow", "smtp")
"""Parameters of an Apprise address that errors may repeat."""

_ANY_ADDRESS = re.compile(r"[^\s<>'\"(){},;:=]+@[^\s<>'\"(){},;:=]+")


@dataclass
class Channels:
    """The configured channels, with the mail connections that are open; a context manager that closes them.

    Attributes:
        urls: Apprise address by channel, with `{address}` where the contact's own goes.
    """

    urls: Mapping[str, str]
    gateways: Mapping[str, str] = field(default_factory=dict)
    _connections: dict[tuple[object, ...], "_Connection"] = field(default_factory=dict)

    def send(self, letter: Letter) -> str:
        """Hand a letter to its channel and return what the other side answered.

        Raises:
            DeliveryError: If it was not accepted; the text is free of addresses and credentials.
        """
        if letter.channel not in self.urls:
            message = f"channel {letter.channel!r}: expected one of {', '.join(sorted(self.urls)) or 'none'}"
            raise DeliveryError(message, "Add the channel to [channels] in fireduty.toml.")
        url = self.urls[letter.channel].replace("{address}", quote(letter.address, safe=""))
        try:
            return redact(self._hand_over(letter, url), url, letter.address)
        except (OSError, smtplib.SMTPException, AppriseEmailException, UnicodeError) as error:
            # What a mail server, the network between, or Apprise's mail builder can raise.
            raise DeliveryError(redact(_said(error), url, letter.address)) from None
        except DeliveryError as error:
            raise DeliveryError(redact(error.message, url, letter.address), error.hint) from None

    def close(self) -> None:
        """Close all connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def __enter__(self) -> Self:
        """Return the channels themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()

    def _hand_over(self, letter: Letter, url: str) -> str:
        with _listening() as warnings:
            plugin = Apprise.instantiate(url, asset=_asset())
            if plugin is None:
                message = f"channel {letter.channel!r}: expected an Apprise address; {'; '.join(warnings)}"
                raise DeliveryError(message, "Mend the channel in [channels] of fireduty.toml.")
            if isinstance(plugin, NotifyEmail):
                return self._mail(plugin, letter)
            return _notify(plugin, letter, warnings)

    def _mail(self, plugin: NotifyEmail, letter: Letter) -> str:
        if "{address}" not in self.urls[letter.channel]:
            # Apprise would send to the sender itself, and call it sent.
            message = f"channel {letter.channel!r}: expected {{address}} where the recipient's address goes"
            raise DeliveryError(message, "Write {address} into the channel, such as to={address}.")
        if len(plugin.targets) != 1:
            message = f"expected one mail address, got {len(plugin.targets)}"
            raise DeliveryError(message, "Mend the contact's address in the register.")
        (mail,) = _mails(plugin, letter)
        server = (plugin.smtp_host, plugin.port, plugin.secure_mode, plugin.user, plugin.password)
        connection = self._connections.setdefault(server, _Connection())
        return connection.deliver(plugin, mail)


@dataclass
class _Connection:
    """A mail server, connected to as long as it takes mails."""

    smtp: smtplib.SMTP | None = None
    mails: int = 0

    def deliver(self, plugin: NotifyEmail, mail: EmailMessage) -> str:
        smtp = self._connected(plugin)
        try:
            return _hand_mail(smtp, str(plugin.from_addr[1]), mail)
        except BaseException:
            # In whichever state the conversation broke off, the next mail begins a new one. No QUIT: in the
            # middle of a mail's text it would be taken for a part of it.
            smtp.close()
            self.smtp, self.mails = None, 0
            raise

    def close(self) -> None:
        if self.smtp is not None:
            try:
                self.smtp.quit()
            except (OSError, smtplib.SMTPException):
                self.smtp.close()
        self.smtp, self.mails = None, 0

    def _connected(self, plugin: NotifyEmail) -> smtplib.SMTP:
        if self.smtp is not None and (self.mails >= MAILS_PER_CONNECTION or not _alive(self.smtp)):
            self.close()
        if self.smtp is None:
            self.smtp = _connect(plugin)
        self.mails += 1
        return self.smtp


def redact(said: str, url: str, address: str) -> str:
    """Take out of a text what must not stand in a record: addresses, and each secret of the channel."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the channel's address cannot be read"
    pieces = [parts.username, parts.password, *parts.path.split("/"), address]
    pairs = (pair.partition("=") for pair in parts.query.split("&"))
    pieces += [value for name, _, value in pairs if name not in _NO_SECRETS]
    if not re.search(r"[.:]|^localhost$", parts.hostname or ""):
        # The addresses of robots carry their token where others have a host.
        pieces.append(parts.hostname)
    secrets = [piece for piece in pieces if len(piece or "") >= SHORTEST_SECRET or piece == parts.password]
    spellings = {spelling for secret in secrets if secret for spelling in (secret, unquote(secret))}
    for spelling in sorted(spellings, key=len, reverse=True):
        said = re.sub(re.escape(spelling), "***", said, flags=re.IGNORECASE)
    return " ".join(_ANY_ADDRESS.sub("***", said).split())[:LONGEST_ANSWER]


def _mails(plugin: NotifyEmail, letter: Letter) -> list[EmailMessage]:
    """Build the mail so that sending it again gives the very same mail: its key is its Message-ID."""
    mails = list(
        NotifyEmail.prepare_emails(
            subject=letter.title,
            body=letter.text,
            from_addr=plugin.from_addr,
            to=plugin.targets,
            cc=plugin.cc,
            bcc=plugin.bcc,
            reply_to=plugin.reply_to,
            smtp_host=plugin.smtp_host,
            notify_format=NotifyFormat.TEXT,
            headers={"X-Application": plugin.app_id, **plugin.headers, KEY_HEADER: letter.key},
            names=plugin.names,
            pgp=plugin.pgp,
            pgp_mode=plugin.pgp_mode,
        )
    )
    domain = str(plugin.from_addr[1]).partition("@")[2]
    for mail in mails:
        parsed = message_from_string(mail.body)
        parsed.replace_header("Message-ID", f"<{letter.key}@{domain}>")
        parsed.replace_header("Date", format_datetime(letter.composed_at.astimezone(SHANGHAI)))
        mail.body = parsed.as_string()
    return mails


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


def _hand_mail(smtp: smtplib.SMTP, sender: str, mail: EmailMessage) -> str:
    """Go through one mail's conversation; all its recipients get it, or none."""
    smtp.ehlo_or_helo_if_needed()
    code, answer = smtp.mail(sender)
    if code != 250:  # noqa: PLR2004 - RFC 5321's "completed"
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    for recipient in mail.to_addrs:
        code, answer = smtp.rcpt(recipient)
        if code not in (250, 251):
            raise smtplib.SMTPResponseException(code, answer)
    code, answer = smtp.data(mail.body)
    if code != 250:  # noqa: PLR2004
        raise smtplib.SMTPDataError(code, answer)
    return f"{code} {answer.decode('utf-8', 'replace')}"


def _alive(smtp: smtplib.SMTP) -> bool:
    try:
        return smtp.noop()[0] == 250  # noqa: PLR2004
    except (OSError, smtplib.SMTPException):
        return False


def _notify(plugin: NotifyBase, letter: Letter, warnings: list[str]) -> str:
    """Let Apprise itself send; where its service has headers, the key travels in one."""
    headers = getattr(plugin, "headers", None)
    if isinstance(headers, dict):
        headers[KEY_HEADER] = letter.key
    service = Apprise(asset=_asset())
    service.add(plugin)
    if not service.notify(letter.text, title=letter.title, body_format=NotifyFormat.TEXT):
        raise DeliveryError("; ".join(warnings) or "not accepted, without a reason given")
    return "accepted"


@cache
def _asset() -> AppriseAsset:
    return AppriseAsset(app_id="Fireduty", app_desc="Fireduty", async_mode=False)


@cache
def _tls(*, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _said(error: Exception) -> str:
    """Return an error's own words, with a mail server's code and answer in readable form."""
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        readable = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        return f"{error.smtp_code} {readable}"
    return str(error) or type(error).__name__


class _Ear(logging.Handler):
    """Keeps what Apprise warns of: it says why something failed nowhere else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        raised = record.exc_info[1] if record.exc_info else None
        self.heard.append(f"{record.getMessage()}: {raised}" if raised else record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Hear Apprise's warnings, and keep them out of the logs, where its texts would put addresses."""
    logger, ear = logging.getLogger("apprise"), _Ear()
    propagated = logger.propagate
    logger.addHandler(ear)
    logger.propagate = False
    try:
        yield ear.heard
    finally:
        logger.propagate = propagated
        logger.removeHandler(ear)
