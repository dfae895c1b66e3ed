"""The demonstration's mail server keeps what arrives, once."""

import shutil
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import localtime
from pathlib import Path
from typing import Any

import pytest

from fireduty.errors import StartError
from tasks.mailbox import Mailbox, main


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """Start a mailbox on a free port."""
    with Mailbox(tmp_path / "mail") as running:
        yield running


def _mail(key: str = "k1", to: str = "li@example.test", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "【逾期1项】组织疏散演练"
    mail["From"], mail["To"] = "no-reply@putuo.example", to
    if key:
        mail["X-Fireduty-Message"] = key
    for name, value in ({"Date": "Tue, 04 Aug 2026 23:30:00 +0000"} | headers).items():
        mail[name] = value
    mail.set_content("曹杨第一小学：\n请处理以下任务。\n")
    return mail


def _send(port: int, *mails: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for mail in mails:
            smtp.send_message(mail)


def _files(folder: Path, pattern: str = "*.eml") -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob(pattern))


def test_a_mail_lies_under_its_day_in_shanghai_and_its_recipient_as_it_came_and_to_read(mailbox: Any) -> None:
    _send(mailbox.port, _mail())
    assert _files(mailbox.folder, "*") == [
        "2026-08-05",
        *(f"2026-08-05/li{rest}" for rest in ("", "/k1.eml", "/k1.txt")),
    ]
    readable = (mailbox.folder / "2026-08-05/li/k1.txt").read_text(encoding="utf-8")
    assert readable.startswith("Subject: 【逾期1项】组织疏散演练\nFrom: no-reply@putuo.example\nTo: li@example.test\n")
    assert readable.endswith("\n\n曹杨第一小学：\n请处理以下任务。\n")
    assert b"X-Fireduty-Message: k1" in (mailbox.folder / "2026-08-05/li/k1.eml").read_bytes()


def test_the_same_mail_twice_leaves_one_file_and_a_line_in_the_log(mailbox: Any) -> None:
    _send(mailbox.port, _mail(), _mail("k2"), _mail())
    assert _files(mailbox.folder) == ["2026-08-05/li/k1.eml", "2026-08-05/li/k2.eml"]
    log = (mailbox.folder / "duplicates.log").read_text(encoding="utf-8")
    assert log == "k1\t2026-08-05/li/k1.eml\n"


def test_a_mail_of_others_is_kept_by_its_message_id(mailbox: Any) -> None:
    _send(mailbox.port, _mail("", **{"Message-ID": "<a/b@example.test>"}))
    assert _files(mailbox.folder) == ["2026-08-05/li/_a_b@example.test_.eml"]


def test_a_mail_without_a_date_lies_under_undated(mailbox: Any) -> None:
    _send(mailbox.port, _mail("k1", Date="not a date"))
    assert _files(mailbox.folder) == ["undated/li/k1.eml"]


def test_no_name_in_a_mail_leads_out_of_the_folder(mailbox: Any) -> None:
    _send(mailbox.port, _mail("../../../etc/passwd"), _mail("..", to='"../up"@example.test'))
    assert all(".." not in Path(name).parts for name in _files(mailbox.folder))
    assert len(_files(mailbox.folder)) == 2
    assert not list(mailbox.folder.parent.glob("*.eml"))


def test_an_html_mail_is_readable_too(mailbox: Any) -> None:
    mail = _mail(Date=str(_mail()["Date"]))
    mail.set_content("<p>请处理</p>", subtype="html")
    _send(mailbox.port, mail)
    assert "请处理" in (mailbox.folder / "2026-08-05/li/k1.txt").read_text(encoding="utf-8")


def test_a_mail_that_cannot_be_kept_is_not_accepted(mailbox: Any) -> None:
    shutil.rmtree(mailbox.folder)
    mailbox.folder.write_text("in the way")
    with pytest.raises(smtplib.SMTPDataError):
        _send(mailbox.port, _mail())


def test_a_taken_port_is_named(mailbox: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StartError, match=f"127.0.0.1:{mailbox.port}"):
        Mailbox(tmp_path / "other", mailbox.port).start()
    assert main(["--folder", str(tmp_path / "other"), "--port", str(mailbox.port)]) == 1
    assert "any free one" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_as_a_process_it_tells_its_address_and_stops_cleanly(tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-m", "tasks.mailbox", "--folder", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        address = child.stdout.readline().strip()
        assert address.startswith("smtp://127.0.0.1:")
        _send(int(address.rpartition(":")[2]), _mail(Date=localtime().strftime("%a, %d %b %Y %H:%M:%S %z")))
        child.send_signal(number)
        _, errors = child.communicate(timeout=10)
    assert (child.returncode, errors) == (0, "")
    assert len(_files(tmp_path)) == 1
