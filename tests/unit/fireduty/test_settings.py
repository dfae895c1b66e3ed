"""Settings: written, read again, and refused with the field that is wrong."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fireduty import clock, settings
from fireduty.errors import SettingsError
from fireduty.settings import FILE_NAME, Settings

ON = date(2027, 1, 1)
printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(printable, st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), printable, max_size=3), st.integers())
def test_what_was_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, url: str, channels: dict[str, str], offset: int
) -> None:
    folder = tmp_path_factory.mktemp("data")
    offset %= 2**40
    given_settings = Settings(
        folder=folder,
        in_force_on=ON,
        database_url=url,
        clock_offset=offset,
        channels=channels,
        regulations=("a-1", "b-2"),
    )
    settings.save(given_settings)
    assert settings.load(folder) == given_settings


def test_a_folder_without_settings_is_refused_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"expected a data folder with {FILE_NAME}, found none") as refused:
        settings.load(tmp_path)
    assert "fireduty init" in refused.value.hint


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("in_force_on = 2027-01-01\ncolour = 'red'", "colour: Extra inputs are not permitted"),
        ("division = '310107'", "in_force_on: Field required"),
        ("in_force_on = 'soon'", "in_force_on: Input should be a valid date"),
        ("in_force_on = 2027-01-01\nlargest_file = 'big'", "largest_file: Input should be a valid integer"),
        ("in_force_on = 2027-01-01\nworks_until = 07:00:00", "works_until: expected a time from 08:30:00 on"),
        ("in_force_on = ", "expected TOML"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(tmp_path: Path, content: str, fault: str) -> None:
    (tmp_path / FILE_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=fault) as refused:
        settings.load(tmp_path)
    assert str(tmp_path / FILE_NAME) in str(refused.value)
    assert refused.value.hint


def test_the_data_folder_is_the_one_given_else_that_of_the_environment_else_the_usual(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(settings.DATA_VARIABLE, raising=False)
    assert settings.data_folder() == Path("fireduty-data")
    monkeypatch.setenv(settings.DATA_VARIABLE, "")
    assert settings.data_folder() == Path("fireduty-data")
    monkeypatch.setenv(settings.DATA_VARIABLE, "elsewhere")
    assert settings.data_folder() == Path("elsewhere")
    assert settings.data_folder(Path("given")) == Path("given")


def test_everything_of_a_district_lies_in_its_folder(tmp_path: Path) -> None:
    one = Settings(folder=tmp_path, in_force_on=ON)
    assert one.url == f"sqlite:///{tmp_path.resolve() / 'fireduty.db'}"
    folders = {one.evidence_folder, one.prefect_folder, one.mail_folder}
    assert {folder.parent for folder in folders} == {tmp_path}
    assert len(folders) == 3
    assert one.model_copy(update={"database_url": "postgresql://db"}).url == "postgresql://db"


def test_entering_a_district_puts_the_process_on_its_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "0")
    settings.save(Settings(folder=tmp_path, in_force_on=ON, clock_offset=864_000))
    settings.enter(tmp_path)
    assert clock.offset().days == 10
