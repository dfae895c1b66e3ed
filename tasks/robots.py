"""Robots of group chats: 企业微信, 钉钉 and 飞书, by the interfaces that their makers document.

Apprise reads their addresses, but this module hands them their messages: Apprise takes every answer of status 200
for success, where these robots tell of failure inside of it, signs 钉钉's requests so that they are refused, and
cannot sign 飞书's.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from apprise import NotifyBase

from fireduty import clock
from fireduty.errors import DeliveryError, TooFastError
from tasks.delivery import Letter

LONGEST_ANSWER_BYTES = 65_536
TOO_MANY_REQUESTS = 429
OK = 200


@dataclass(frozen=True)
class Request:
    """What is sent to a robot, below the address of its service."""

    path: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Service:
    """One maker's robots.

    Attributes:
        url: Where the service is, unless a private installation is set.
        request: Makes the request from the plugin that read the address, and the letter.
        code: The names under which an answer gives its code; 0 is success.
        said: The name under which it gives its words.
        too_fast: The codes that mean that more was sent than the limit allows.
        closed: For how many seconds the robot is closed then.
    """

    url: str
    request: Callable[[Any, Letter], Request]
    code: tuple[str, ...]
    said: str
    too_fast: frozenset[int]
    closed: int


def send(session: requests.Session, plugin: NotifyBase, scheme: str, letter: Letter, gateway: str = "") -> str:
    """Hand a letter to a robot and return its answer.

    Args:
        session: Connections that are kept.
        plugin: What Apprise read from the address.
        scheme: Which maker's robot, a key of `SERVICES`.
        letter: The letter.
        gateway: Web address of a private installation.

    Raises:
        TooFastError: If the robot says that it was sent too many.
        DeliveryError: If it did not accept the letter, or its answer cannot be understood.
    """
    service = SERVICES[scheme]
    request = service.request(plugin, letter)
    try:
        with session.post(
            (gateway or service.url).rstrip("/") + request.path,
            json=request.content,
            headers={"X-Fireduty-Message": letter.key},
            timeout=plugin.request_timeout,
            verify=plugin.verify_certificate,
            allow_redirects=False,
        ) as answer:
            return _judge(service, answer)
    except requests.RequestException as error:
        # Its words hold the whole address with the token; its kind says enough.
        message = f"no answer from the robot: {type(error).__name__}"
        raise DeliveryError(message, "See whether the service can be reached from here.") from None


def _judge(service: Service, answer: requests.Response) -> str:
    if answer.status_code == TOO_MANY_REQUESTS:
        message = f"status {answer.status_code}: sent to too fast"
        raise TooFastError(message, service.closed)
    try:
        found = answer.json() if len(answer.content) <= LONGEST_ANSWER_BYTES else None
    except ValueError:
        found = None
    found = found if isinstance(found, dict) else {}
    code = next((found[name] for name in service.code if name in found), None)
    if code is None:
        message = f"status {answer.status_code}: expected an answer with {service.code[0]}, got {answer.text[:80]!r}"
        raise DeliveryError(message, "See whether the channel's address is that of the robot.")
    told = f"{service.code[0]} {code} {found.get(service.said, '')}".strip()
    if code in service.too_fast:
        raise TooFastError(told, service.closed)
    if code != 0 or answer.status_code != OK:
        raise DeliveryError(told if answer.status_code == OK else f"status {answer.status_code}: {told}")
    return told


def _wecom(plugin: Any, letter: Letter) -> Request:
    content = {"msgtype": "markdown", "markdown": {"content": letter.text}}
    return Request(f"/cgi-bin/webhook/send?key={quote(plugin.key, safe='')}", content)


def _dingtalk(plugin: Any, letter: Letter) -> Request:
    path = f"/robot/send?access_token={quote(plugin.token, safe='')}"
    if plugin.secret:
        stamp = str(_now() * 1000)
        sign = _signed(plugin.secret, f"{stamp}\n{plugin.secret}")
        path += f"&timestamp={stamp}&sign={quote(sign, safe='')}"
    at = {"at": {"atMobiles": list(plugin.targets), "isAtAll": False}} if plugin.targets else {}
    return Request(path, {"msgtype": "markdown", "markdown": {"title": letter.title, "text": letter.text}, **at})


def _feishu(plugin: Any, letter: Letter) -> Request:
    content: dict[str, Any] = {"msg_type": "text", "content": {"text": letter.text}}
    if plugin.user:
        # The address is feishu://SECRET@TOKEN, as 钉钉's is; here the text is the key, and nothing is signed.
        stamp = str(_now())
        content |= {"timestamp": stamp, "sign": _signed(f"{stamp}\n{plugin.user}", "")}
    return Request(f"/open-apis/bot/v2/hook/{quote(plugin.token, safe='')}", content)


def _signed(key: str, words: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()).decode()


def _now() -> int:
    """Return the present second as the robots' makers count it, also where a demonstration's clock is shifted."""
    return int((clock.now() - clock.offset()).timestamp())


_FEISHU = Service(
    "https://open.feishu.cn", _feishu, ("code", "StatusCode"), "msg", too_fast=frozenset({9499, 11232}), closed=60
)

SERVICES = {
    "wecombot": Service(
        "https://qyapi.weixin.qq.com", _wecom, ("errcode",), "errmsg", too_fast=frozenset({45009, 45033}), closed=60
    ),
    "dingtalk": Service(
        "https://oapi.dingtalk.com", _dingtalk, ("errcode",), "errmsg", too_fast=frozenset({130101, 410100}), closed=600
    ),
    "feishu": _FEISHU,
    "lark": Service("https://open.larksuite.com", _feishu, _FEISHU.code, "msg", _FEISHU.too_fast, _FEISHU.closed),
}
"""The services, by the scheme of their Apprise address. Codes: the makers' lists of return codes."""
