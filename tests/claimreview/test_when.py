"""Dates as they stand in reviews, in many languages, as fine as they are known."""

from datetime import date

import pytest

from claims_app.claimreview.when import read_when

TODAY = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024-03", "2024-03"),
        ("2024", "2024"),
        ("2022-01-28 18:35", "2022-01-28"),
        ("2022-11-01T18:16:43+05:30", "2022-11-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01"),
        ("2024/1/5", "2024-01-05"),
        ("20240305", "2024-03-05"),
        ("2 Jan 2024", "2024-01-02"),
        ("January 2, 2024", "2024-01-02"),
        ("Tue, 02 Jan 2024 10:15:00 +0200", "2024-01-02"),
        ("Sept. 3rd, 2021", "2021-09-03"),
        ("May 2024", "2024-05"),
        ("2 בינואר 2024", "2024-01-02"),
        ("5 במרץ 2023", "2023-03-05"),
        ("ינואר 2024", "2024-01"),
        ("2 de enero de 2024", "2024-01-02"),
        ("12 février 2020", "2020-02-12"),
        ("3. März 2021", "2021-03-03"),
        ("14 августа 2020", "2020-08-14"),
        ("२ जनवरी २०२४", "2024-01-02"),
        ("2024年1月2日", "2024-01-02"),
        ("15.3.2024", "2024-03-15"),
        ("25/12/2023", "2023-12-25"),
        ("12/25/2023", "2023-12-25"),
        ("1577836800", "2020-01-01"),
        ("1577836800000", "2020-01-01"),
        ("1776-07-04", "1776-07-04"),
        ("2026-01-16", "2026-01-16"),
    ],
)
def test_is_read(text: str, known: str) -> None:
    assert read_when(text, today=TODAY) == known


@pytest.mark.parametrize("text", ["1/2/2024", "03-04-2021"])
def test_day_and_month_that_could_be_either_leave_the_year(text: str) -> None:
    assert read_when(text, today=TODAY) == text[-4:]


@pytest.mark.parametrize(
    "text",
    [
        "20204-08-02", "2024-13-01", "2024-02-30", "0000-00-00", "2026-02-01", "2099", "1066-10-14", "yesterday",
        "", "12345", "x" * 5000, "9" * 40, "１／２", "31 February 2024",
    ],
)  # fmt: skip
def test_what_cannot_be_believed_is_none(text: str) -> None:
    assert read_when(text, today=TODAY) is None
