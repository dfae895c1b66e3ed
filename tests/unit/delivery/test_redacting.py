"""What must not stand in a record is taken out of every answer and error."""

import pytest

from tasks.channels import redact

MAIL = "mailtos://fireduty:s3cret%21pw@mail.example.test:587/?from=no-reply%40example.test&to=li%40example.test"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("550 <li@example.test>: user unknown", "550 <***>: user unknown"),
        ("{'LI@Example.Test': (550, b'no')}", "{'***': (550, b'no')}"),
        ("535 login fireduty with s3cret!pw refused", "535 login *** with *** refused"),
        ("cannot read mailtos://fireduty:s3cret%21pw@mail", "cannot read mailtos://***:***"),
        ("554 forwarded to other.person@elsewhere.test", "554 forwarded to ***"),
        ("Connection refused", "Connection refused"),
    ],
)
def test_addresses_and_credentials_of_a_mail_server_are_taken_out(said: str, expected: str) -> None:
    assert redact(said, MAIL, "li@example.test") == expected


def test_the_token_of_a_robot_is_taken_out_wherever_its_address_carries_it() -> None:
    said = "wecombot 693a91f6-7xxx: path T0KEN-A, query k=T0KEN-B failed"
    url = "wecombot://693a91f6-7xxx/T0KEN-A/?key=T0KEN-B"
    assert redact(said, url, "") == "wecombot ***: path ***, query k=*** failed"


def test_a_password_is_taken_out_however_short() -> None:
    assert redact("login ab:xy refused", "mailto://ab:xy@mail.example.test", "") == "login ab:*** refused"


def test_the_name_of_a_server_stays_for_it_helps_to_find_the_fault() -> None:
    assert "mail.example.test" in redact("mail.example.test: connection refused", MAIL, "li@example.test")


def test_a_long_answer_on_many_lines_becomes_one_short_line() -> None:
    said = redact("451 4.3.0\r\nplease\r\n" + "wait " * 500, MAIL, "li@example.test")
    assert said.startswith("451 4.3.0 please wait")
    assert len(said) <= 300


def test_nothing_is_told_where_the_channels_address_cannot_be_read() -> None:
    assert "s3cret" not in redact("bad s3cret", "mailto://[s3cret", "")
