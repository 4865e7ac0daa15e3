"""Normal forms of names and postcodes, and how like a row and a known service are."""

from typing import Any

import pytest

from models.registers import Certainty
from workflows.registers import likeness
from workflows.registers.likeness import Agreement, Index, Known


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("BT99 1CK", "BT99 1CK"),
        ("bt991ck", "BT99 1CK"),
        (" LL9 1 ck.", "LL9 1CK"),
        ("BT28 IJA", "BT28 1JA"),
        ("BT49 OFB", "BT49 0FB"),
        ("BT28 LJA", "BT28 1JA"),
        ("BTI 1CK", "BT1 1CK"),
        ("GI 1CK", "G1 1CK"),
        ("W1A 1CK", "W1A 1CK"),
        ("SO15 OCK", "SO15 0CK"),
        ("not known", None),
        ("BT28", None),
        ("", None),
        (None, None),
        ("1CK BT99", None),
        ("BT99 1CKK", None),
    ],
)
def test_a_postcode_is_read_as_it_must_have_been_meant(written: str | None, read_as: str | None) -> None:
    assert likeness.postcode(written) == read_as


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Heronry", "HERONRY"),
        ("Larkfield Homes Ltd", "Larkfield Homes Limited"),
        ("Tŷ Larchwood", "Ty Larchwood"),
        ("St. Mary's Court", "St Marys Court"),
        ("Lark & Heron", "Lark and  Heron"),
        ("Robin-at-Home", "Robin at Home"),
    ],
)
def test_names_that_are_the_same_but_for_how_they_are_written(one: str, other: str) -> None:
    assert likeness.name(one) == likeness.name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Larkfield House", "Larkfield Care Home"), ("Heron Suites", "Heron Suite"), ("Lark Lodge", "Larks Lodge")],
)
def test_names_that_are_not_the_same(one: str, other: str) -> None:
    assert likeness.name(one) != likeness.name(other)


def test_a_name_of_nothing_but_an_article_stays() -> None:
    assert likeness.name("The Limited") == "the limited"


def test_the_essence_of_a_name_is_what_few_others_bear() -> None:
    assert likeness.essence("Larkfield Residential Care Home") == "larkfield"
    assert likeness.essence("The Nursing Home") == ""


def known(**kw: Any) -> Known:
    told = {
        "id": 1,
        "regulator_id": None,
        "name": "Larkfield Care Centre",
        "postcode": "BT99 1CK",
        "town": "Ballylark",
        "provider": "Larkfield Homes Ltd",
        "beds": 30,
        **kw,
    }
    return Known(**told)


ROW = {
    "name": "Larkfield Care Centre",
    "postcode": "BT99 1CK",
    "town": "BALLYLARK",
    "provider": "Larkfield Homes Limited",
    "beds": 30,
}


def test_each_fact_is_told_whether_it_agrees() -> None:
    other = known(name="Larkfield House", postcode="bt991ck", town=None, provider="Heron Group", beds=31)
    assert likeness.agreement(ROW, other) == {
        "regulator_id": Agreement.unknown,
        "name": Agreement.nearly,
        "postcode": Agreement.yes,
        "town": Agreement.unknown,
        "provider": Agreement.no,
        "beds": Agreement.no,
    }


def test_no_beds_is_a_number_and_not_silence() -> None:
    assert likeness.agreement(ROW | {"beds": 0}, known(beds=0))["beds"] is Agreement.yes


@pytest.mark.parametrize(
    ("differs", "sure"),
    [
        ({}, Certainty.exact),
        ({"beds": 31, "town": "Elsewhere", "provider": "Heron Group"}, Certainty.exact),
        ({"name": "Larkfield House"}, Certainty.likely),
        ({"postcode": "BT99 9CK"}, Certainty.likely),
        ({"postcode": None, "provider": None}, Certainty.possible),
        ({"postcode": "BT99 9CK", "provider": "Heron Group"}, Certainty.possible),
        ({"name": "Heron Suites"}, Certainty.possible),
        ({"postcode": "BT99 9CK", "town": "Elsewhere"}, Certainty.unlike),
        ({"name": "Heron Suites", "postcode": "BT99 9CK"}, Certainty.unlike),
    ],
)
def test_how_certain_it_is(differs: dict[str, Any], sure: Certainty) -> None:
    assert likeness.certainty(likeness.agreement(ROW, known(**differs))) is sure


def test_the_same_id_is_certain_whatever_else_differs() -> None:
    other = known(regulator_id="CS1", name="Heron Suites", postcode="BT99 9CK", town="Elsewhere")
    assert likeness.certainty(likeness.agreement(ROW | {"regulator_id": "CS1"}, other)) is Certainty.exact


def test_the_likeliest_stand_first_and_what_is_unlike_not_at_all() -> None:
    services = [
        known(id=1, name="Heron Suites"),
        known(id=2, postcode="BT99 9CK", town="Elsewhere"),
        known(id=3, name="Larkfield House"),
        known(id=4),
        known(id=5, name="Larkfield House", beds=None),
    ]
    assert Index(services).like(ROW) == (Certainty.exact, [4, 3, 5, 1])


def test_two_that_are_exactly_alike_are_no_certainty() -> None:
    assert Index([known(id=7), known(id=4)]).like(ROW) == (Certainty.likely, [4, 7])


def test_no_more_than_five_are_offered() -> None:
    services = [known(id=number, name=f"House {number}") for number in range(1, 9)]
    assert Index(services).like(ROW) == (Certainty.possible, [1, 2, 3, 4, 5])


def test_nothing_like_it() -> None:
    assert Index([]).like(ROW) == (Certainty.unlike, [])
