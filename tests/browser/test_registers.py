"""Other registers, duplicates, re-registrations: which service a row is, which two are one, and what carries over."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_manager_matches_adds_and_dismisses_rows_of_another_register(somebody: Any) -> None:
    manager, officer, partner = somebody("manager"), somebody("officer"), somebody("partner")

    # An officer reads the rows, and is told who decides.
    officer.find("registers", "Stay Put Advice")
    assert officer.steps() == []
    address = officer.here
    assert "Who may: Manager" in officer.refused(address.replace("/show", "") + "/match")
    partner.refused(address)

    # A match starts with the candidate; the service then shows the register's facts.
    manager.open("/registers/list/")
    manager.follow("Stay Put Advice")
    manager.press("Match with Stay Put Advice")
    manager.picture("register-match")
    manager.press("Match with a service")
    assert "Matched" in manager.text
    manager.follow("Stay Put Advice")
    assert "In the register of the Care Inspectorate (Scotland)" in manager.text
    assert "5, very good" in manager.text

    # What the console does not know is added with its provider.
    manager.find("registers", "Kelpie Haugh")
    manager.press("Add as a new service")
    assert manager.page.get_by_label("Name of a new provider").input_value() == "Kelpie Haugh Limited"
    manager.press("Add as a new service")
    assert "Added as a new service" in manager.text
    partner.find("services", "Kelpie Haugh")
    assert "Kelpie Haugh Limited" in partner.text

    # What is of no concern is dismissed with a reason, and may be taken up again.
    manager.find("registers", "Lantern Close")
    row = manager.here
    manager.step("Dismiss", note="Nobody is placed there.")
    manager.open("/registers/list/")
    assert "Lantern Close" not in manager.text
    manager.open(row)
    assert "Nobody is placed there." in manager.text
    manager.step("Reopen", note="A family asks for it.")
    assert "To be decided" in manager.text


def test_two_entries_of_one_service_are_merged(somebody: Any) -> None:
    manager, officer, provider = somebody("manager"), somebody("officer"), somebody("provider")
    officer.find("services", "Carers' Corner")
    given_up = officer.here
    officer.press("Add a contact note")
    officer.fill(channel="Phone call", text="The line moved to the office of the other.")
    officer.press("Save")
    assert "Who may: Manager." in officer.refused(given_up.replace("/show", "") + "/merge_into")

    manager.open(given_up)
    manager.press("Merge into another service")
    manager.pick("merged_into_id", "carers", "Carers' Corner")
    manager.fill(note="It is the same office.")
    manager.press("Merge into another service")
    assert "Choose another service: this one cannot be merged into itself." in manager.text
    manager.pick("merged_into_id", "wexmoor h", "Wexmoor Hands")
    manager.press("Merge into another service")

    # The address of the one leads to the other, with its history; no list has it any more.
    assert manager.heading.endswith("Wexmoor Hands")
    assert "The line moved to the office of the other." in manager.text
    assert "Carers' Corner" in manager.text
    manager.picture("merged-service")
    officer.open(given_up)
    assert officer.heading.endswith("Wexmoor Hands")
    officer.open("/services/list/?q=Carers%27+Corner&status=")
    assert "Nothing matches." in officer.text
    provider.refused(given_up)


def test_what_carries_over_from_a_predecessor_is_ended_by_a_head(somebody: Any) -> None:
    officer, head, partner = somebody("officer"), somebody("head"), somebody("partner")
    officer.open("/successions/list/?q=lowe+meadow")
    officer.page.get_by_role("link", name="Lowe Meadow Cottage").first.click()
    address = officer.here
    officer.step("Take note")
    officer.step("Propose that it no longer carries over", note="Another team, another building.")
    refusal = officer.refused(address.replace("/show", "") + "/end")
    assert "Who may: Head of Service: Demo Head of Service, Demo Head of Service 2." in refusal
    partner.refused(address)

    head.open("/")
    head.page.get_by_role("row").filter(has_text="Lowe Meadow Cottage").get_by_role("link").first.click()
    head.step("Decide that it no longer carries over", note="It starts anew.")
    assert "No longer carries over" in head.text
    officer.open(address)
    assert "It starts anew." in officer.text
    officer.step("Let it carry over again", note="It was the same owner after all.")
    assert "Carries over" in officer.text
