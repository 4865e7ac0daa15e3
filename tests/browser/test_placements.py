"""From a care manager's request to a placement that is active, by everybody whose part it is."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOME, HOST = "Estuary View", "Bristol"


def test_a_placement_outside_the_area_from_request_to_first_day(somebody: Any) -> None:
    broker, officer, manager = somebody("caremanager"), somebody("officer"), somebody("manager")

    # The care manager asks for a service of the neighbouring area.
    broker.open("/validations/list/")
    broker.press("Add: validation")
    broker.pick("service_id", "estuary v", HOME)
    broker.fill(case_reference="P-2041", reason="A home near the family.", needed_on="2026-03-20")
    broker.press("Save")
    assert "Requested" in broker.text
    address = broker.page.url.removeprefix(broker.console.url)
    pk = address.rpartition("/")[2]

    # The officer checks it; what is missing is told before anything can be recommended.
    officer.open(address)
    officer.step("Begin the check")
    officer.page.get_by_text("Why you cannot do the other steps").click()
    assert "Name the host authority first" in officer.text
    officer.press("Name the host authority")
    officer.pick("host_id", HOST.lower(), HOST)
    officer.press("Name the host authority")
    officer.page.get_by_text("Done: Name the host authority.").wait_for()
    officer.open(f"/regulator-checks/add?validation_id={pk}")
    officer.fill(regulator="Care Quality Commission", checked_on="2026-03-03", rating="Good", note="Kittiwake")
    officer.press("Save")
    for kind in ("Reference of one that has used the service", "Contact with the host"):
        officer.open(f"/references/add?validation_id={pk}")
        officer.pick("authority_id", HOST.lower(), HOST)
        officer.fill(kind=kind, asked_on="2026-03-02", answered_on="2026-03-03", text="No concerns. Kittiwake")
        officer.press("Save")
    officer.open(address)
    officer.picture("validation-checking")
    officer.step("Recommend", recommendation="Approve. Kittiwake")

    # Whoever recommended cannot decide; the manager can, and the care manager reads the outcome alone.
    assert officer.open(f"{address.replace('/show', '')}/approve").status == 403
    manager.open("/")
    manager.page.get_by_role("row").filter(has_text="P-2041").get_by_role("link").first.click()
    manager.step("Approve", outcome="You may place there until next March.")
    broker.open(address)
    assert "You may place there until next March." in broker.text
    assert "Kittiwake" not in broker.page.content()
    assert broker.open(f"/regulator-checks/add?validation_id={pk}").status == 403

    # The placement is proposed, and cannot begin before the host knows.
    officer.open(f"/placements/add?validation_id={pk}")
    officer.fill(case_reference="P-2041", planned_on="2026-03-20")
    officer.press("Save")
    placed = officer.page.url.removeprefix(officer.console.url)
    assert officer.page.locator("main").get_by_role("button", name="Record that it began").count() == 0
    assert officer.open(f"{placed.replace('/show', '')}/activate").status == 403
    officer.open(placed)
    officer.page.get_by_text("Why you cannot do the other steps").click()
    assert "Record first a contact of the host authority with an email or postal address." in officer.text

    officer.open("/authority-contacts/add")
    officer.pick("authority_id", HOST.lower(), HOST)
    officer.fill(post="Commissioning desk", email="desk@example.org")
    officer.press("Save")
    officer.open(placed)
    officer.step(
        "Notify the host authority",
        host_contact_id="Commissioning desk",
        our_contact="Quality team, 01632 960002, quality@example.org",
    )
    assert "Our case reference: P-2041" in officer.text
    officer.step("Record the spot purchase agreement", agreement_on="2026-03-04", agreement_reference="SP-7")
    officer.step("Record that it began", active_on="2026-03-04")
    assert "Active" in officer.text
    assert "4 June 2026" in officer.text
    officer.picture("placement-active")

    # A poor rating opens contact with the host, and the care manager reads of it.
    officer.step("Record a check of the rating", rating_found="Inadequate")
    assert "Contact the host authority" in officer.text
    broker.open(placed)
    assert "Contact the host authority" in broker.text
    assert "Quality team" not in broker.page.content()
    broker.open("/rating-alerts/list/")
    assert "Inadequate" in broker.text
    broker.picture("rating-alerts")
    narrow = somebody("officer", viewport={"width": 320, "height": 640})
    for name, page in (("placement-active", placed), ("validation", address)):
        narrow.open(page)
        narrow.picture(name)
