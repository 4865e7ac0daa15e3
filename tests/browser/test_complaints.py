"""Complaints by everybody whose part it is: recorded, allocated, answered with four eyes, shared, and closed."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOME, PROVIDER = "Heronsbrook", "Tarnvale Homes Limited"
ICB = "NHS Wexmoor and Marl Integrated Care Board"
ABOUT = "Calls of a bell wait at night"
PRIVATE = ("Kittiwake", "CC/7731", "C-118")


def record(person: Any, subject: str) -> str:
    """Write a complaint down; its address."""
    person.open("/complaints/list/")
    person.add(
        "complaint",
        {"provider_id": ("tarnvale h", PROVIDER), "service_id": ("heronsb", HOME)},
        kind="Complaint",
        source="Family or friend",
        received_on="2026-03-02",
        reference="CC/7731",
        case_reference="C-118",
        subject=subject,
        details="Half an hour, twice. Kittiwake",
    )
    return str(person.here)


def draft(officer: Any, response: str) -> None:
    officer.step(
        "Draft the response",
        findings="The log shows two long waits. Kittiwake",
        outcome="Partly upheld",
        response=response,
        learning="Bells are answered within ten minutes.",
    )


def test_a_complaint_from_its_receipt_to_its_end(somebody: Any) -> None:
    officer, manager, head = somebody("officer"), somebody("manager"), somebody("head")
    partner, nurse = somebody("partner"), somebody("contributor")
    provider, broker, admin = somebody("provider"), somebody("caremanager"), somebody("admin")

    # An officer writes it down; twenty working days run from the day it was received.
    address = record(officer, ABOUT)
    pk = address.rpartition("/")[2]
    assert "Received" in officer.text
    assert "30 March 2026" in officer.text
    assert officer.steps() == ["Refer to safeguarding", "Record that it was withdrawn", "Share with an agency"]
    assert "Who may: Manager." in officer.refused(f"/complaints/{pk}/allocate")

    # The Manager gives it to the officer.
    manager.find("complaints", ABOUT)
    manager.step("Allocate", officer_id="Demo Officer")

    # The officer investigates and drafts; the Manager returns it, and the officer reads why.
    officer.open("/")
    officer.page.get_by_role("row").filter(has_text=ABOUT).get_by_role("link").click()
    officer.step("Begin the investigation")
    draft(officer, "We are sorry.")
    refusal = officer.refused(f"/complaints/{pk}/approve_response")
    assert "Your role may not do this." in refusal
    assert "Who may: Manager: Demo Manager." in refusal

    manager.open("/")
    manager.page.get_by_role("row").filter(has_text=ABOUT).get_by_role("link").click()
    manager.step("Return the response", note="Say what changes at night.")
    officer.open(address)
    assert "Being investigated" in officer.text
    assert "Say what changes at night." in officer.text
    draft(officer, "We are sorry. Two carers answer the bells from now on.")

    # The Manager reads on the step's own page what is decided on, and approves.
    manager.open(address)
    manager.press("Approve the response")
    assert "Two carers answer the bells from now on." in manager.text
    manager.picture("complaint-approve")
    manager.press("Approve the response")
    assert "Response approved" in manager.text

    # It goes out, not before it came and not in the future.
    officer.open(address)
    officer.press("Record that it was sent")
    officer.fill(responded_on="2026-03-05")
    officer.press("Record that it was sent")
    assert "The response went out between the day it was received and today. Check the day." in officer.text
    officer.fill(responded_on="2026-03-04")
    officer.press("Record that it was sent")
    assert "Responded" in officer.text

    # Nobody outside meets it, until it is shared with their agency; then without what is personal.
    for outsider in (partner, nurse, provider, broker, admin):
        told = outsider.refused(address)
        assert ABOUT not in told
    officer.step("Share with an agency", agency_id=ICB, note="They pay for the nursing in it.")
    partner.find("complaints", ABOUT)
    for told in (ABOUT, HOME, "Partly upheld", "Bells are answered within ten minutes."):
        assert told in partner.text
    for private in (*PRIVATE, "We are sorry"):
        assert private not in partner.page.content()
    assert partner.steps() == []
    partner.picture("complaint-shared")
    nurse.refused(address)
    officer.open(address)
    assert "Demo Partner" in officer.text  # the history tells who read it
    officer.step("Stop sharing", agency_id=ICB, note="The nursing ended.")
    partner.refused(address)

    officer.step("Close")
    assert "Closed" in officer.text
    head.open(address)
    assert "Kittiwake" in head.text
    assert head.steps() == []
    officer.picture("complaint-closed")

    # On a past day it stands as it stood, its moments in words.
    officer.open(address.replace("/show/", "/as-at/") + "?on=2026-03-04")
    assert "4 March 2026 at 10:00" in officer.text
    assert "T10:00" not in officer.text


def test_whoever_wrote_it_down_cannot_approve_its_response(somebody: Any) -> None:
    manager, officer = somebody("manager"), somebody("officer")
    address = record(manager, "Meals come cold to the last table")
    manager.step("Allocate", officer_id="Demo Officer")
    officer.open(address)
    officer.step("Begin the investigation")
    draft(officer, "A second trolley is bought.")
    manager.open(address)
    assert "Approve the response" not in manager.steps()
    manager.page.get_by_text("Why you cannot do the other steps").click()
    assert "You wrote this record, so somebody else must decide." in manager.text
    assert "Manager; nobody else holds that role" in manager.text
    manager.picture("complaint-four-eyes")
