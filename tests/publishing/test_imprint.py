"""Who publishes, and the scale: what is wrong in its file is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from claims_app.config import Settings, SettingsError
from claims_app.publishing.imprint import DEFAULT_SCALE, MOST_BYTES, read_imprint, read_scale
from claims_app.verdicts.model import Finding
from tests.publishing.conftest import MOMENT

GOOD: dict[str, Any] = {
    "worst": 1,
    "best": 4,
    "ratings": {
        "verified": {"he": "אמת", "en": "True", "number": 4},
        "disputed": {"he": "לא נכון", "en": "False", "number": 1.5},
        "unverifiable": {"he": "לא ידוע", "en": "Not known"},
    },
}


@pytest.fixture
def scale(tmp_path: Path) -> Path:
    return tmp_path / "scale.json"


def test_a_scale_is_read(scale: Path) -> None:
    scale.write_text("\ufeff" + json.dumps(GOOD), encoding="utf-8")
    read = read_imprint(Settings(scale=str(scale), name_en="The desk", public_address="https://checks.example")).scale
    assert (read.worst, read.best) == (1, 4)
    assert set(read.ratings) == {Finding.VERIFIED, Finding.DISPUTED, Finding.UNVERIFIABLE}
    assert read.ratings[Finding.UNVERIFIABLE].number is None
    assert read.ratings[Finding.DISPUTED].number == 1.5
    assert read.all_words("he") == ["אמת", "לא נכון", "לא ידוע"]


def test_without_a_file_the_desk_has_a_scale_of_its_own() -> None:
    assert read_imprint(Settings()).scale is DEFAULT_SCALE
    assert Finding.OPINION not in DEFAULT_SCALE.ratings


def changed(**values: Any) -> str:
    return json.dumps({**GOOD, **values})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "it is not JSON (line 1: "),
        ("[1]", "The file has to be an object."),
        ("[" * 100_000, ""),
        (changed(worst=0), "'worst' has to be 1 or more."),
        (changed(worst=4), "'best' has to be greater than 'worst'."),
        (changed(best="5"), "'best' has to be a number."),
        (changed(best=True), "'best' has to be a number."),
        ('{"worst": 1, "best": NaN, "ratings": {}}', "'best' has to be a number."),
        ('{"worst": 1, "worst": 2}', "'worst' stands there twice."),
        (changed(colour="red"), "'colour' is not known; known are worst, best and ratings."),
        (changed(ratings={}), "'ratings' names no finding."),
        (changed(ratings=[]), "'ratings' has to be an object."),
        (changed(ratings={"true": {}}), "'true' is not a finding; these are: verified, partly, disputed, "),
        (
            changed(ratings={"partly": {"he": "כן"}}),
            "'en' has to be words, 100 characters at most.",
        ),
        (changed(ratings={"partly": {"he": "כן", "en": "a\u202eb"}}), "'ratings', 'partly', 'en' has to be words"),
        (changed(ratings={"partly": {"he": "כן", "en": "Y", "number": 5}}), "the number has to be from 1 to 4."),
        (
            changed(ratings={"partly": {"he": "כן", "en": "Y", "colour": 5}}),
            "'colour' is not known; known are he, en",
        ),
    ],
)
def test_what_is_wrong_in_a_scale_is_named(scale: Path, text: str, problem: str) -> None:
    scale.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refusal:
        read_scale(scale)
    assert str(refusal.value).startswith(f"CLAIMS_SCALE, {scale}: ")
    assert problem in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path, content in (("missing", None), ("large", b" " * (MOST_BYTES + 1)), ("latin", b'{"a": "\xe9"}')):
        if content is not None:
            (tmp_path / path).write_bytes(content)
        with pytest.raises(SettingsError, match=f"CLAIMS_SCALE, .*{path}: it "):
            read_scale(tmp_path / path)


def test_a_desk_with_one_name_has_it_in_both_languages() -> None:
    imprint = read_imprint(Settings(name_he="הדסק", public_address="https://checks.example"))
    assert imprint.name("en") == imprint.name("he") == "הדסק"
    assert imprint.page(4) == "https://checks.example/checks/4"
    assert imprint.page(4, "en") == "https://checks.example/checks/4/en"


def test_a_day_is_that_of_the_desk() -> None:
    assert read_imprint(Settings()).day(MOMENT).isoformat() == "2026-11-24"
