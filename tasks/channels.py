"""The ways a message leaves the house: every Apprise address, mail over kept connections, and robots.

Apprise is imported with this module, which is slow; `tasks.delivery` imports it when it delivers.

Apprise reads the addresses, but mails and robots' messages are handed over by `tasks.mails` and `tasks.robots`:
Apprise's own sending keeps neither the connection nor the answer.
"""

import logging
import re
import smtplib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import requests
from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat
from apprise.plugins.email.base import NotifyEmail, PGPMode
from apprise.plugins.email.common import AppriseEmailException

from fireduty.errors import DeliveryError, TooFastError
from tasks import mails, robots
from tasks.delivery import Letter
from tasks.mails import KEY_HEADER
from tasks.tokens import filled_in, scheme_of

LONGEST_ANSWER = 300

SHORTEST_SECRET = 4
"""Shorter parts of an address, such as a user called `fd`, are no secrets; a password always is."""

PLACEHOLDER = "recipient@fireduty.example"
"""Stands for the recipient in the plugin that is read once for all mails of a channel."""

_NO_SECRETS = ("mode", "verify", "format", "overflow", "smtp")
"""Parameters of an Apprise address that errors may repeat."""

_ANY_ADDRESS = re.compile(r"[^\s<>'\"(){},;:=]+@[^\s<>'\"(){},;:=]+")


@dataclass
class Channels:
    """The configured channels, with the mail connections that are open; a context manager that closes them.

    Attributes:
        urls: Apprise address by channel, with `{address}` where the contact's own goes.
        gateways: Web address of private installations, by the scheme of their robots.
    """

    urls: Mapping[str, str]
    gateways: Mapping[str, str] = field(default_factory=dict)
    _connections: dict[tuple[object, ...], mails.Connection] = field(default_factory=dict)
    _plugins: dict[str, NotifyEmail] = field(default_factory=dict)
    _session: requests.Session = field(default_factory=requests.Session)

    def send(self, letter: Letter) -> str:
        """Hand a letter to its channel and return what the other side answered.

        Raises:
            TooFastError: If the other side said that it was sent too many.
            DeliveryError: If it was not accepted; the text is free of addresses and credentials.
        """
        if letter.channel not in self.urls:
            message = f"channel {letter.channel!r}: expected one of {', '.join(sorted(self.urls)) or 'none'}"
            raise DeliveryError(message, "Add the channel to [channels] in fireduty.toml.")
        url = filled_in(self.urls[letter.channel], letter.address)
        try:
            return redact(self._hand_over(letter, url), url, letter.address)
        except (OSError, smtplib.SMTPException, AppriseEmailException, UnicodeError) as error:
            # What a mail server, the network between, or Apprise's mail builder can raise.
            raise DeliveryError(redact(mails.said(error), url, letter.address)) from None
        except TooFastError as error:
            raise TooFastError(redact(error.message, url, letter.address), error.seconds) from None
        except DeliveryError as error:
            raise DeliveryError(redact(error.message, url, letter.address), error.hint) from None

    def plugin_of(self, channel: str) -> NotifyEmail:
        """Return what Apprise reads from the address of a mail channel.

        Raises:
            DeliveryError: If it cannot be read, or is none of mail.
        """
        with _listening() as warnings:
            plugin = _read(channel, filled_in(self.urls[channel], PLACEHOLDER), warnings)
        if not isinstance(plugin, NotifyEmail):
            message = f"channel {channel!r}: expected a mail address"
            raise DeliveryError(message, "Use mailto:// or mailtos://.")
        return plugin

    def close(self) -> None:
        """Close all connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
        self._session.close()

    def __enter__(self) -> Self:
        """Return the channels themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()

    def _hand_over(self, letter: Letter, url: str) -> str:
        plugin: Any = self._plugins.get(letter.channel)
        if plugin is not None:
            return self._mail(plugin, letter)
        with _listening() as warnings:
            plugin = _read(letter.channel, url, warnings)
            if isinstance(plugin, NotifyEmail):
                return self._first_mail(plugin, letter)
            scheme = scheme_of(url)
            if scheme in robots.SERVICES:
                return robots.send(self._session, plugin, scheme, letter, self.gateways.get(scheme, ""))
            return _notify(plugin, letter, warnings)

    def _first_mail(self, plugin: NotifyEmail, letter: Letter) -> str:
        """Send a mail whose channel's address had to be read; where it can be, it is read only once."""
        url = self.urls[letter.channel]
        if "{address}" not in url:
            # Apprise would send to the sender itself, and call it sent.
            message = f"channel {letter.channel!r}: expected {{address}} where the recipient's address goes"
            raise DeliveryError(message, "Write {address} into the channel, such as to={address}.")
        if plugin.pgp_mode != PGPMode.NONE:
            message = f"channel {letter.channel!r}: expected no pgp, got {plugin.pgp_mode}"
            raise DeliveryError(message, "Take pgp out of the channel's address; mails are not encrypted by Fireduty.")
        mails.recipient_of(letter.address)
        if url.count("{address}") == 1 and "to={address}" in url:
            plugin = self._plugins[letter.channel] = self.plugin_of(letter.channel)
        return self._mail(plugin, letter)

    def _mail(self, plugin: NotifyEmail, letter: Letter) -> str:
        mail = mails.build(plugin, letter)
        return self._connections.setdefault(_server_of(plugin), mails.Connection()).deliver(plugin, mail)


def _server_of(plugin: NotifyEmail) -> tuple[object, ...]:
    return (plugin.smtp_host, plugin.port, plugin.secure_mode, plugin.user, plugin.password)


def redact(said: str, url: str, address: str) -> str:
    """Take out of a text what must not stand in a record: addresses, and each secret of the channel."""
    pieces = _secrets(url)
    if pieces is None:
        return "the channel's address cannot be read"
    if len(address) >= SHORTEST_SECRET:
        pieces = sorted({*pieces, address, unquote(address)}, key=len, reverse=True)
    for piece in pieces:
        # Most answers name no secret, and a pattern costs more than the rest of a mail.
        if piece.lower() in said.lower():
            said = re.sub(re.escape(piece), "***", said, flags=re.IGNORECASE)
    shown = _ANY_ADDRESS.sub("***", said) if "@" in said else said
    return " ".join(shown.split())[:LONGEST_ANSWER]


@lru_cache(maxsize=64)
def _secrets(url: str) -> list[str] | None:
    """Return what of a channel's address nobody may read, the longest first; nothing where it cannot be read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    pieces = [parts.username, parts.password, *parts.path.split("/")]
    pairs = (pair.partition("=") for pair in parts.query.split("&"))
    pieces += [value for name, _, value in pairs if name not in _NO_SECRETS]
    if not re.search(r"[.:]|^localhost$", parts.hostname or ""):
        # The addresses of robots carry their token where others have a host.
        pieces.append(parts.hostname)
    secrets = [piece for piece in pieces if len(piece or "") >= SHORTEST_SECRET or piece == parts.password]
    spellings = {spelling for secret in secrets if secret for spelling in (secret, unquote(secret))}
    return sorted(spellings, key=len, reverse=True)


def _read(channel: str, url: str, warnings: list[str]) -> NotifyBase:
    plugin = Apprise.instantiate(url, asset=_asset())
    if plugin is None:
        message = f"channel {channel!r}: expected an Apprise address; {'; '.join(warnings)}"
        raise DeliveryError(message, "Mend the channel in [channels] of fireduty.toml.")
    return plugin


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
