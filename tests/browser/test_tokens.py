"""A token: made at the browser, used by a program within what it is good for, and ended."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.browser


def make(person: Any, name: str, *scopes: str, areas: tuple[str, ...] = ()) -> str:
    """Make a token; the text that is shown this once."""
    person.open("/tokens/list/")
    person.press("Add: API token")
    person.fill(name=name, expires_on="2026-06-30")
    for scope in ("Read", "Read, add and change", "Read and take steps"):
        person.page.get_by_label(scope, exact=True).set_checked(scope in scopes)
    for area in areas:
        person.page.get_by_label(area, exact=True).check()
    person.press("Make the token")
    assert person.heading.endswith("The token is made")
    person.picture("token-made")
    return str(person.page.get_by_label("The token", exact=True).input_value())


def program(console: Any, token: str) -> httpx.Client:
    return httpx.Client(base_url=console.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def test_a_token_from_its_making_to_its_end(console: Any, somebody: Any) -> None:
    officer, manager, admin = somebody("officer"), somebody("manager"), somebody("admin")
    token = make(officer, "Weekly figures", "Read", areas=("Complaints",))
    with program(console, token) as weekly:
        answer = weekly.get("/api/v1/complaints/")
        assert answer.status_code == 200
        subjects = {each["subject"] for each in answer.json()["items"]}
        assert "Laundry is lost" in subjects
        other = weekly.get("/api/v1/plans/")
        assert other.status_code == 403
        assert other.headers["Content-Type"] == "application/problem+json"
        written = weekly.post("/api/v1/complaints/", json={"subject": "x"})
        assert written.status_code == 403

        # Its text is shown no more; others see it only where they may read accounts.
        officer.open("/tokens/list/")
        officer.follow("Weekly figures")
        assert token not in officer.page.content()
        address = officer.here
        manager.refused(address)
        admin.open(address)
        for told in ("Demo Officer", "Read (Complaints)"):
            assert told in admin.text

        officer.step("Revoke")
        assert "Revoked" in officer.text
        ended = weekly.get("/api/v1/complaints/")
        assert ended.status_code == 401


def test_a_program_takes_a_step_in_the_name_of_whoever_made_its_token(console: Any, somebody: Any) -> None:
    manager, partner = somebody("manager"), somebody("partner")
    with program(console, make(manager, "Customer care", "Read and take steps")) as care:
        items = care.get("/api/v1/complaints/?state=received").json()["items"]
        pk = next(each["id"] for each in items if each["subject"] == "Laundry is lost")
        version = care.get(f"/api/v1/complaints/{pk}").headers["ETag"]
        taken = care.post(
            f"/api/v1/complaints/{pk}/steps/extend",
            json={"due_on": "2026-03-20", "note": "Two more shifts are asked."},
            headers={"If-Match": version},
        )
        assert taken.status_code == 200, taken.text
        again = care.post(
            f"/api/v1/complaints/{pk}/steps/approve_response", json={}, headers={"If-Match": taken.headers["ETag"]}
        )
        assert again.status_code == 403
    manager.open(f"/complaints/show/{pk}")
    for told in ("20 March 2026", "Two more shifts are asked.", "Demo Manager"):
        assert told in manager.text

    # A partner's program sees what the partner sees.
    with program(console, make(partner, "Our own list", "Read")) as theirs:
        assert theirs.get(f"/api/v1/complaints/{pk}").status_code == 404
        assert theirs.get("/api/v1/services/").status_code == 200
        assert theirs.get("/api/v1/suspensions/").status_code == 403
