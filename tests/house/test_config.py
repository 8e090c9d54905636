"""The settings: each has a default that works, takes a right value, and refuses a wrong one in one sentence."""

import dataclasses
import stat
from pathlib import Path
from typing import Any

import pytest

from claims_app.config import Settings, SettingsError, picture_size, read_settings, variable

LOGO = Path(__file__).resolve().parents[2] / "docs" / "queue.png"

# setting: its default, a right value as text and as read, wrong values
TABLE: dict[str, tuple[Any, str, Any, list[str]]] = {
    "data": (Path("var").resolve(), "/srv/desk", Path("/srv/desk"), ["a\u0000b"]),
    "host": ("127.0.0.1", "0.0.0.0", "0.0.0.0", []),  # noqa: S104 - read, not listened on
    "port": (8000, "65535", 65535, ["", "0", "65536", "-1", "http", "80.5"]),
    "threads": (8, "1", 1, ["", "0", "-1", "many"]),
    "language": ("he", "en", "en", ["", "fr", "HE", "he_IL"]),
    "timezone": ("Asia/Jerusalem", "Europe/London", "Europe/London", ["", "Mars/Olympus", "../../etc/passwd"]),
    "secure_cookies": (False, "yes", True, ["", "2", "perhaps"]),
    "proxies": (0, "2", 2, ["", "-1", "one"]),
    "upload_mb": (16, "1", 1, ["", "0", "-1", "1.5"]),
    "sign_in_rate": ("10 per minute", "3 per hour", "3 per hour", ["", "often", "3 per fortnight"]),
    "api_rate": ("600 per minute", "5 per second", "5 per second", ["", "often"]),
    "workers": (2, "0", 0, ["", "-1", "few"]),
    "capture_mb": (32, "1", 1, ["", "0", "1.5"]),
    "capture_seconds": (60, "1", 1, ["", "0", "a minute"]),
    "politeness": (2, "0", 0, ["", "-1", "very"]),
    "archive_address": ("", "https://archive.example", "https://archive.example", ["archive.example", "https://"]),
    "archive_key": ("", " k1 ", "k1", []),
    "archive_secret": ("", "s1", "s1", []),
    "timestamp_address": ("", "http://stamps.example/tsr", "http://stamps.example/tsr", ["ftp://stamps.example"]),
    "name_he": ("", " עיתון ", "עיתון", []),
    "name_en": ("", "The Daily", "The Daily", []),
    "closing_he": ("", "תיקונים: הדסק", "תיקונים: הדסק", []),
    "closing_en": ("", "Corrections: the desk", "Corrections: the desk", []),
    "logo": (None, str(LOGO), LOGO, [str(LOGO.parent), str(LOGO.with_name("no.png")), __file__, "a\u0000b"]),
    "public_address": (
        "",
        "https://checks.example/",
        "https://checks.example",
        [
            "checks.example",
            "https://",
            "https://checks.example/path",
            "https://a:b@checks.example",
            "https://c.example?q",
        ],
    ),
    "scale": ("", "/srv/scale.json", "/srv/scale.json", ["a\u0000b"]),
}


def test_every_setting_is_tried_here() -> None:
    assert [item.name for item in dataclasses.fields(Settings)] == list(TABLE)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert dataclasses.asdict(read_settings({})) == {name: row[0] for name, row in TABLE.items()}


@pytest.mark.parametrize("name", TABLE)
def test_a_right_value_is_read(name: str) -> None:
    default, text, value, _ = TABLE[name]
    settings = read_settings({variable(name): text})
    assert getattr(settings, name) == value != default
    others = dataclasses.replace(settings, **{name: default})
    assert others == read_settings({})


@pytest.mark.parametrize(("name", "wrong"), [(name, wrong) for name, row in TABLE.items() for wrong in row[3]])
def test_a_wrong_value_is_refused_in_one_sentence(name: str, wrong: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({variable(name): wrong})
    wants = Settings.__dataclass_fields__[name].metadata["wants"]
    assert str(refusal.value) == f"{variable(name)} is {wrong!r}, but has to be {wants}."
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("TRUE", True), (" yes ", True), ("0", False), ("False", False), ("no", False)]
)
def test_a_switch_reads_what_people_write(text: str, value: bool) -> None:
    assert read_settings({"CLAIMS_SECURE_COOKIES": text}).secure_cookies is value


def test_a_setting_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({"CLAIMS_PROT": "8000"})
    assert str(refusal.value).startswith("CLAIMS_PROT is not a setting of the desk.")
    assert all(variable(name) in str(refusal.value) for name in TABLE)


def test_other_peoples_variables_are_none_of_our_business() -> None:
    assert read_settings({"PORT": "1", "HOME": "/", "claims_port": "1", "XCLAIMS_PORT": "1"}) == read_settings({})


PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    + (300).to_bytes(4, "big")
    + (200).to_bytes(4, "big")
    + b"\x08\x06\0\0\0"
    + b"\0" * 4
)
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x04ab"
    b"\xff\xc4\x00\x03c\xff\xc2\x00\x0b\x08" + (200).to_bytes(2, "big") + (300).to_bytes(2, "big") + b"\x01" * 6
)


@pytest.mark.parametrize("data", [PNG, JPEG])
def test_a_picture_says_how_large_it_is(data: bytes) -> None:
    assert picture_size(data) == (300, 200)
    for end in range(len(data)):
        try:
            assert picture_size(data[:end]) == (300, 200)
        except ValueError:
            continue


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a" + b"\0" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        PNG.replace((300).to_bytes(4, "big"), (60_000).to_bytes(4, "big")),
        PNG.replace((300).to_bytes(4, "big"), b"\0\0\0\0"),
        JPEG[:12],
        b"\xff\xd8\xff\xe0\x00\x00" * 9,
        PNG + b"\0" * 1_000_000,
    ],
)
def test_what_is_no_logo_is_refused_at_the_start(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(SettingsError, match="has to be a PNG or JPEG file of at most 1 MB and 4,000 pixels a side"):
        read_settings({"CLAIMS_LOGO": str(tmp_path / "logo.png")})


def test_every_setting_says_what_it_does() -> None:
    for item in dataclasses.fields(Settings):
        assert {"read", "wants", "tells"} == set(item.metadata), item.name
        assert not item.metadata["tells"].endswith("."), item.name


def test_settings_cannot_be_changed_later() -> None:
    settings = read_settings({})
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]


def test_everything_lies_in_one_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert settings.database.parent == settings.captures.parent == tmp_path


class TestSecretKey:
    def test_is_made_once_and_read_by_its_owner_only(self, tmp_path: Path) -> None:
        settings = Settings(data=tmp_path / "new" / "folder")
        key = settings.secret_key()
        assert len(key) == 64
        assert Settings(data=settings.data).secret_key() == key
        assert stat.S_IMODE((settings.data / "secret.key").stat().st_mode) == 0o600

    def test_is_another_for_another_desk(self, tmp_path: Path) -> None:
        assert Settings(data=tmp_path / "one").secret_key() != Settings(data=tmp_path / "two").secret_key()
