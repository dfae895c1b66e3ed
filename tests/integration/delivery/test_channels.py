"""Other ways than plain mail: servers with TLS and a login, and webhooks."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fireduty.errors import DeliveryError
from tasks.channels import Channels
from tasks.delivery import Letter
from tasks.mails import MAILS_PER_CONNECTION

LETTER = Letter(
    key="ab" * 20,
    channel="email",
    address="li@example.test",
    title="【逾期1项】组织疏散演练",
    text="曹杨第一小学：\n请处理以下任务。",
    composed_at=datetime(2026, 8, 5, 1, 0, tzinfo=UTC),
)
LOGIN = LoginPassword(b"clerk", b"s3cret-pw")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Make a server's context with a certificate that nobody trusts."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


@pytest.fixture
def guarded(mail_server: Any, free_port: type[Controller], certificate: ssl.SSLContext) -> Iterator[str]:
    """Start a mail server that wants STARTTLS and a login; give the part of its address after the user."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        del server, session, envelope, mechanism
        return AuthResult(success=data == LOGIN, handled=False)

    controller = free_port(
        mail_server,
        hostname="127.0.0.1",
        port=0,
        tls_context=certificate,
        require_starttls=True,
        authenticator=check,
        auth_required=True,
    )
    controller.start()
    yield f"127.0.0.1:{controller.port}/?mode=starttls&from=a%40putuo.example&to={{address}}&cto=2"
    controller.stop()


@dataclass
class Hook:
    """A webhook: what it got, and the status it answers with."""

    status: int = 200
    port: int = 0
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Start a webhook on a free port."""
    state = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.got.append((self.headers["X-Fireduty-Message"], json.loads(body)))
            self.send_response(state.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield state
        server.shutdown()
        thread.join()


def _refusal(send: Callable[[], object]) -> str:
    with pytest.raises(DeliveryError) as caught:
        send()
    return caught.value.message


def test_a_mail_goes_through_starttls_and_a_login(guarded: str, mail_server: Any) -> None:
    with Channels({"email": f"mailtos://clerk:s3cret-pw@{guarded}&verify=no"}) as channels:
        assert channels.send(LETTER) == "250 2.0.0 Ok: queued as 4XyZ"
        channels.send(LETTER)
    assert [mail["Subject"] for mail in mail_server.mails] == [LETTER.title] * 2


def test_a_wrong_password_is_told_without_the_password(guarded: str) -> None:
    with Channels({"email": f"mailtos://clerk:wrong-pw@{guarded}&verify=no"}) as channels:
        said = _refusal(lambda: channels.send(LETTER))
    assert said.startswith("535")
    assert "wrong-pw" not in said


def test_a_certificate_that_nobody_trusts_is_refused_unless_told_otherwise(guarded: str) -> None:
    with Channels({"email": f"mailtos://clerk:s3cret-pw@{guarded}"}) as channels:
        assert "certificate verify failed" in _refusal(lambda: channels.send(LETTER))


def test_a_server_without_tls_gets_nothing_from_a_channel_that_wants_it(mail_server: Any) -> None:
    url = mail_server.url.replace("mailto:", "mailtos:").replace("mode=insecure", "mode=starttls")
    with Channels({"email": url}) as channels:
        assert "STARTTLS" in _refusal(lambda: channels.send(LETTER))
    assert not mail_server.taken


def test_a_mail_goes_over_a_connection_that_is_tls_from_the_start(
    mail_server: Any, free_port: type[Controller], certificate: ssl.SSLContext
) -> None:
    controller = free_port(mail_server, hostname="127.0.0.1", port=0, ssl_context=certificate)
    controller.start()
    url = f"mailtos://127.0.0.1:{controller.port}/?mode=ssl&from=a%40putuo.example&to={{address}}&verify=no"
    with Channels({"email": url}) as channels:
        assert channels.send(LETTER).startswith("250")
    controller.stop()


def test_a_connection_is_renewed_after_its_share_of_mails(mail_server: Any) -> None:
    with Channels({"email": mail_server.url}) as channels:
        for _ in range(MAILS_PER_CONNECTION + 1):
            channels.send(LETTER)
    assert mail_server.connections == 2


def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(mail_server: Any) -> None:
    with Channels({"email": mail_server.url}) as channels:
        channels.send(LETTER)
        mail_server.hang_up()
        channels.send(LETTER)
    assert len(mail_server.taken) == mail_server.connections == 2


def test_a_channel_with_a_second_recipient_of_its_own_reaches_both_or_none(mail_server: Any) -> None:
    with Channels({"email": mail_server.url + "&bcc=archive%40putuo.example"}) as channels:
        channels.send(LETTER)
        mail_server.mood = "refusing"
        _refusal(lambda: channels.send(LETTER))
    ((recipients, content),) = mail_server.taken
    assert recipients == ["li@example.test", "archive@putuo.example"]
    assert b"archive@" not in content


def test_a_mail_channel_without_a_place_for_the_address_sends_nothing(mail_server: Any) -> None:
    with Channels({"email": mail_server.url.replace("to={address}", "")}) as channels:
        assert "expected {address}" in _refusal(lambda: channels.send(LETTER))
    assert not mail_server.taken


def test_a_webhook_gets_the_text_and_the_key_in_a_header(hook: Hook) -> None:
    with Channels({"email": f"json://127.0.0.1:{hook.port}/notify"}) as channels:
        assert channels.send(LETTER) == "accepted"
    ((key, body),) = hook.got
    assert key == LETTER.key
    assert (body["title"], body["message"]) == (LETTER.title, LETTER.text)


def test_a_webhook_that_answers_500_is_a_failure_that_says_so(hook: Hook, caplog: Any) -> None:
    hook.status = 500
    with Channels({"email": f"json://robot:s3cret-pw@127.0.0.1:{hook.port}/T0KEN-A"}) as channels:
        said = _refusal(lambda: channels.send(LETTER))
    assert "500" in said
    assert "s3cret-pw" not in said + caplog.text
    assert "T0KEN-A" not in said + caplog.text
