"""Calendar feeds over HTTP, as a calendar program asks for them."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from factories import act_on, make_district

from calendars.feed_check import feed_problems
from fireduty import settings
from flows.catalogue import process_named
from tasks.beating import beat
from tasks.district import District
from tasks.feeds import open_feed, revoke_feed

TODAY = date(2026, 11, 20)


@pytest.fixture
def district(tmp_path: Path) -> Iterator[District]:
    with make_district(tmp_path / "data", date(2026, 1, 1)) as made:
        beat(made, act_on(TODAY), process_named)
        settings.save(made.settings)
        yield made


@pytest.fixture
def address(district: District) -> Iterator[str]:
    """Start the web door as `fireduty up` does, and stop it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "FIREDUTY_DATA": str(district.settings.folder)}
    command = [sys.executable, "-m", "fireduty.web", "--port", str(port)]
    with subprocess.Popen(command, env=environment) as door:
        for _ in range(200):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        door.terminate()
        door.wait(20)


def _get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


def test_a_feed_is_served_cached_and_revoked(district: District, address: str) -> None:
    with district.database.transaction() as connection:
        token = open_feed(connection, act_on(TODAY), "X-D01")
    status, headers, content = _get(f"{address}/feeds/{token}.ics")
    assert status == 200
    assert headers["content-type"] == "text/calendar; charset=utf-8"
    assert feed_problems(content) == []
    assert content.count(b"BEGIN:VEVENT") > 3

    assert _get(f"{address}/feeds/{token}.ics", **{"If-None-Match": headers["etag"]})[0] == 304
    todos = _get(f"{address}/feeds/{token}.ics?components=vtodo")
    assert (todos[0], b"BEGIN:VTODO" in todos[2]) == (200, True)
    assert _get(f"{address}/feeds/{token}.ics?components=all")[0] == 422

    with district.database.transaction() as connection:
        revoke_feed(connection, act_on(TODAY), "X-D01")
    assert _get(f"{address}/feeds/{token}.ics")[0] == 404
    assert _get(f"{address}/feeds/guessed.ics")[0] == 404
