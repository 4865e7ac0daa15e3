"""How services stand: posts, enforcement, places, cover; and the facts that make a restriction mandatory."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from models import db
from models.framework import Trigger
from workflows.gate import maintenance

pytestmark = pytest.mark.browser

HOME, PROVIDER = "Limeburners", "Marlscombe Healthcare Limited"
ICB = "NHS Wexmoor and Marl Integrated Care Board"


@pytest.fixture
def grounds(console: Any) -> Iterator[None]:
    """A council whose framework drafts a suspension on each mandatory ground (HP 8); as it was, afterwards."""

    def switch(on: bool) -> None:
        with console.behind(), maintenance("test"):
            for each in db.session.scalars(select(Trigger).where(Trigger.clause == "HP 8")):
                each.active = on
            db.session.commit()

    switch(True)
    yield
    switch(False)


def waits_for_the_head(head: Any, scope: str, ground: str, fact: str) -> None:
    """The home page of a Head of Service shows the draft; it names its ground and can be opened."""
    head.open("/")
    section = head.page.get_by_role("table", name="Mandatory and not yet submitted")
    section.get_by_role("row").filter(has_text=scope).get_by_role("link").click()
    for told in ("Draft", ground, fact):
        assert told in head.text


def test_what_is_written_by_hand_is_read_by_the_service_it_is_about(somebody: Any) -> None:
    officer, provider = somebody("officer"), somebody("provider")
    partner, broker = somebody("partner"), somebody("caremanager")
    of_service = {"service_id": ("limebur", HOME)}
    written = {}
    for plural, one, picked, told in (
        (
            "manager-posts",
            "entry on a manager's post",
            of_service,
            {"held": "Acting", "from_on": "2026-02-02", "note": "Kittiwake"},
        ),
        (
            "enforcement",
            "enforcement action",
            of_service,
            {"kind": "Warning notice", "served_on": "2026-02-10", "reference": "WN-9", "details": "Kittiwake"},
        ),
        ("occupancy", "count of places", of_service, {"counted_on": "2026-03-02", "occupied": "15", "vacant": "4"}),
        (
            "insurance",
            "insurance cover",
            {"provider_id": ("marlscombe h", PROVIDER)},
            {
                "kind": "Employers' liability",
                "starts_on": "2026-01-01",
                "expires_on": "2026-12-31",
                "cover": "10000000",
            },
        ),
    ):
        officer.open(f"/{plural}/list/")
        officer.add(one, picked, **told)
        written[plural] = officer.here
    assert "10,000,000" in officer.text

    # What contradicts what stands is told in words.
    for plural, told, sentence in (
        (
            "manager-posts",
            {"held": "Vacant", "from_on": "2026-03-01"},
            "An entry on this post has no last day yet. Change that one first.",
        ),
        (
            "occupancy",
            {"counted_on": "2026-03-02", "occupied": "14", "vacant": "5"},
            "The places of this service were counted on that day already. Change that count.",
        ),
        ("occupancy", {"counted_on": "2026-03-05", "occupied": "1", "vacant": "1"}, "future"),
    ):
        officer.open(f"/{plural}/add")
        officer.pick("service_id", "limebur", HOME)
        officer.fill(**told)
        officer.press("Save")
        assert sentence in officer.text
    officer.picture("contradiction")

    # The provider reads all of it but what is the council's own; nobody else outside does.
    for plural, address in written.items():
        provider.open(address)
        assert "Kittiwake" not in provider.page.content()
        assert provider.page.locator("main").get_by_role("button", name="Change", exact=True).count() == 0
        for outsider in (partner, broker):
            assert outsider.open(f"/{plural}/list/").status == 403
            outsider.refused(address)
    officer.find("services", HOME)
    for told in ("Post of the registered manager", "Enforcement by the regulator", "Warning notice"):
        assert told in officer.text
    officer.picture("standing-on-the-timeline")


def test_a_revoked_licence_drafts_a_suspension(somebody: Any, grounds: None) -> None:
    officer, head = somebody("officer"), somebody("head")
    officer.open("/licences/list/")
    officer.add(
        "sponsor licence", {"provider_id": ("kestrel", "Kestrel Moor Limited")}, workers="9", since="2026-01-05"
    )
    officer.step("Record that it is suspended", since="2026-03-02")
    waits_for_the_head(
        head,
        "Kestrel Moor Limited",
        "Sponsor licence suspended or revoked",
        "The provider's licence to sponsor workers was suspended or revoked.",
    )
    officer.step("Record that it is revoked", since="2026-03-03")
    assert "Revoked" in officer.text

    # A second draft is not made, and the first is dropped only where the fact is wrong.
    head.open("/")
    assert head.page.get_by_role("row").filter(has_text="Kestrel Moor Limited").count() == 1
    officer.open("/")
    officer.page.get_by_role("row").filter(has_text="Kestrel Moor Limited").get_by_role("link").click()
    officer.picture("mandatory-draft")


def test_a_continuity_plan_with_its_check_and_its_test(somebody: Any, grounds: None) -> None:
    officer, head, provider = somebody("officer"), somebody("head"), somebody("provider")
    officer.open("/continuity/list/")
    officer.add(
        "continuity plan",
        {"provider_id": ("wexmoor grange c", "Wexmoor Grange Care Limited"), "service_id": ("alder", "Alder Court")},
        check_due_on="2026-03-10",
    )
    address = officer.here
    officer.step("Record that it came", received_on="2026-03-03")
    officer.step(
        "Record a scenario test",
        tested_on="2026-03-04",
        scenario="No power for a day",
        how_it_held="Lamps were at hand.",
    )
    officer.step("Record that continuity is assured", check_note="A second site is named.")
    for told in ("Assured", "4 March 2027", "No power for a day", "Lamps were at hand."):
        assert told in officer.text
    officer.picture("continuity-assured")
    officer.step("Record that continuity is not assured", check_note="The second site is closed.")
    waits_for_the_head(head, "Alder Court", "Continuity not assured", "The continuity of the care is not assured.")

    provider.refused(address)
    provider.open("/continuity/list/")
    provider.follow("Marlscombe Healthcare Limited")
    assert "No water for a day" in provider.text
    assert provider.steps() == []


def test_a_large_scale_enquiry_drafts_a_suspension(somebody: Any, grounds: None) -> None:
    officer, head, partner = somebody("officer"), somebody("head"), somebody("partner")
    provider, broker = somebody("provider"), somebody("caremanager")
    officer.open("/safeguarding/list/")
    officer.add(
        "safeguarding process",
        {"provider_id": ("stanebeck c", "Stanebeck Care Group Limited"), "service_id": ("cinder", "Cinder Hill House")},
        kind="Large-scale enquiry",
        reference="SG/120",
        reason="Three referrals in a week. Kittiwake",
    )
    address = officer.here
    partner.refused(address)
    officer.step("Open", opened_on="2026-03-03", opener="Safeguarding unit")
    waits_for_the_head(
        head, "Cinder Hill House", "Large-scale safeguarding enquiry", "A large-scale safeguarding enquiry was opened."
    )
    officer.step("Share with an agency", agency_id=ICB, note="They chair it with us.")
    partner.open(address)
    for told in ("Large-scale enquiry", "3 March 2026"):
        assert told in partner.text
    assert "Kittiwake" not in partner.page.content()
    partner.picture("safeguarding-shared")
    for outsider in (provider, broker):
        outsider.refused(address)
    officer.press("Close")
    officer.fill(closed_on="2026-03-02", closer="Safeguarding unit", result="Two plans follow.")
    officer.press("Close")
    assert "It cannot have closed before it was opened. Check the day." in officer.text
    officer.fill(closed_on="2026-03-04")
    officer.press("Close")
    assert "Closed" in officer.text
