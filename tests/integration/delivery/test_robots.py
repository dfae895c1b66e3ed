"""Robots on loopback that behave as their makers' documents say: nothing they say is taken for success but success."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fireduty.errors import DeliveryError, TooFastError
from tasks.channels import Channels
from tasks.delivery import DeliveryResult, Letter

LETTER = Letter(
    key="ab" * 20,
    channel="robot",
    address="T0KENa1b2c3",
    title="【逾期1项】组织疏散演练",
    text="### 【逾期1项】\n\n曹杨第一小学 请处理。",
    composed_at=datetime(2026, 8, 5, 1, 0, tzinfo=UTC),
)
SECRET = "SECs3cretSECs3cret"  # noqa: S105 - that it is told nowhere is what is tested
URLS = {
    "wecombot": "wecombot://{address}",
    "dingtalk": f"dingtalk://{SECRET}@{{address}}",
    "feishu": f"feishu://{SECRET}@{{address}}",
    "webhook": "json://127.0.0.1:{port}/{{address}}",
}
GOOD = {
    "wecombot": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"code": 0, "msg": "success", "data": {}},
    "webhook": {},
}


@dataclass
class Robot:
    """One server for the robots of all makers, in one of several moods.

    Attributes:
        mood: `kind`; `hanging`; `half` (closes in the middle of its answer); `silent` (closes before it answers); or
            `said` (answers with `status` and `answer`).
    """

    mood: str = "kind"
    status: int = 200
    answer: Any = None
    port: int = 0
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def judge(self, path: str, body: dict[str, Any]) -> Any:
        """Answer as the maker's document says, signature and all."""
        query = parse_qs(urlsplit(path).query)
        if path.startswith("/cgi-bin/webhook/send"):
            good = query["key"] == [LETTER.address] and body["msgtype"] == "markdown"
            return GOOD["wecombot"] if good else {"errcode": 93000, "errmsg": "invalid webhook url"}
        if path.startswith("/robot/send"):
            stamp = query["timestamp"][0]
            signed = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
            fresh = abs(time.time() * 1000 - int(stamp)) < 3_600_000
            good = fresh and query["sign"] == [base64.b64encode(signed).decode()]
            return GOOD["dingtalk"] if good else {"errcode": 310000, "errmsg": "sign not match"}
        if path.startswith("/open-apis/bot/v2/hook/"):
            signed = hmac.new(f"{body['timestamp']}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
            good = (
                body["sign"] == base64.b64encode(signed).decode() and abs(time.time() - int(body["timestamp"])) < 3600
            )
            return (
                GOOD["feishu"]
                if good
                else {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
            )
        return GOOD["webhook"]


@pytest.fixture
def robot() -> Iterator[Robot]:
    """Start the server on a free port."""
    state = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.got.append((self.path, body))
            if state.mood == "hanging":
                time.sleep(3)
            if state.mood == "silent":
                return
            said = state.judge(self.path, body) if state.mood != "said" else state.answer
            content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(state.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if state.mood == "half" else content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield state
        server.shutdown()
        thread.join()


def _channels(robot: Robot, kind: str) -> Channels:
    url = URLS[kind].format(address="{address}", port=robot.port) + "?rto=1&cto=1"
    return Channels({"robot": url}, {kind: f"http://127.0.0.1:{robot.port}"})


def _refusal(robot: Robot, kind: str, expected: type[DeliveryError] = DeliveryError) -> DeliveryError:
    with _channels(robot, kind) as channels, pytest.raises(expected) as caught:
        channels.send(LETTER)
    said = caught.value.message + caught.value.hint
    assert LETTER.address not in said
    assert SECRET not in said
    return caught.value


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("wecombot", "errcode 0 ok"), ("dingtalk", "errcode 0 ok"), ("feishu", "code 0 success"), ("webhook", "accepted")],
)
def test_a_robot_gets_its_message_signed_as_it_wants_and_its_return_code_is_kept(
    robot: Robot, kind: str, answer: str
) -> None:
    with _channels(robot, kind) as channels:
        assert channels.send(LETTER) == answer
    ((_, body),) = robot.got
    assert "曹杨第一小学" in json.dumps(body, ensure_ascii=False)


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        ("wecombot", {"errcode": 93000, "errmsg": "invalid webhook url"}, "errcode 93000 invalid webhook url"),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, "errcode 310000 sign not match"),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, "code 19021 sign match fail"),
        ("wecombot", {"errcode": 40058, "errmsg": f"content for {LETTER.address}"}, "errcode 40058 content for ***"),
        ("wecombot", "it works!", "status 200: expected an answer with errcode"),
        ("dingtalk", "[]", "expected an answer with errcode"),
        ("feishu", "", "expected an answer with code"),
        ("wecombot", {"errcode": "0"}, "errcode 0"),
    ],
)
def test_an_error_inside_an_answer_of_status_200_is_a_failure(robot: Robot, kind: str, answer: Any, said: str) -> None:
    robot.mood, robot.answer = "said", answer
    assert said in _refusal(robot, kind).message


@pytest.mark.parametrize(
    ("kind", "status", "answer", "seconds"),
    [
        ("wecombot", 200, {"errcode": 45009, "errmsg": "api freq out of limit"}, 60),
        ("dingtalk", 200, {"errcode": 130101, "errmsg": "send too fast"}, 600),
        ("feishu", 200, {"code": 11232, "msg": "frequency limited"}, 60),
        ("feishu", 429, "", 60),
    ],
)
def test_a_robot_that_is_sent_to_too_fast_says_so(
    robot: Robot, kind: str, status: int, answer: Any, seconds: int
) -> None:
    robot.mood, robot.status, robot.answer = "said", status, answer
    error = _refusal(robot, kind, TooFastError)
    assert isinstance(error, TooFastError)
    assert error.seconds == seconds


@pytest.mark.parametrize("kind", URLS)
@pytest.mark.parametrize("mood", ["hanging", "half", "silent", "500"])
def test_a_robot_that_breaks_off_is_a_failure_soon(robot: Robot, kind: str, mood: str) -> None:
    robot.mood, robot.status, robot.answer = ("said", 500, "oops") if mood == "500" else (mood, 200, None)
    started = time.monotonic()
    assert _refusal(robot, kind).message
    assert time.monotonic() - started < 2.5


def test_a_robot_that_is_not_there_is_a_failure_without_its_address() -> None:
    assert "ConnectionError" in _refusal(Robot(port=9), "wecombot").message


def test_what_a_robot_refused_is_kept_and_arrives_once_it_is_mended(district: Any, robot: Robot) -> None:
    district.channels(wecom=URLS["wecombot"])
    gateways = {"wecombot": f"http://127.0.0.1:{robot.port}"}
    district.settings = district.settings.model_copy(update={"gateways": gateways})
    code = district.body("S1")
    district.contact(code, channel="wecom", address=LETTER.address)
    district.notice(district.duty(code, district.at.date()), "assigned", code)
    district.compose()
    robot.mood, robot.answer = "said", {"errcode": 93000, "errmsg": "invalid webhook url"}
    assert district.deliver() == DeliveryResult(failed=1)
    assert district.scalar("SELECT last_error FROM message") == "errcode 93000 invalid webhook url"
    robot.mood = "kind"
    district.wait(minutes=2)
    assert district.deliver() == DeliveryResult(sent=1)
    (entry,) = district.rows("SELECT entry FROM ledger WHERE kind = 'message.sent'")
    assert json.loads(entry.entry)["body"]["answer"] == "errcode 0 ok"
    assert "组织疏散演练" in robot.got[-1][1]["markdown"]["content"]


def test_a_shifted_clock_of_a_demonstration_does_not_spoil_a_signature(
    robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIREDUTY_CLOCK_OFFSET", str(400 * 86_400))
    for kind in ("dingtalk", "feishu"):
        with _channels(robot, kind) as channels:
            assert " 0 " in channels.send(LETTER)
