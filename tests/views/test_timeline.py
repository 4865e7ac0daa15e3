"""The timeline of a service tells of that service alone."""

from typing import Any

from world import World

from models import db
from workflows.suspensions import WORKFLOW


def test_letters_about_another_service_of_the_provider_stay_on_its_own_page(world: World, as_user: Any) -> None:
    provider = world.provider("Two Homes")
    restricted, other = world.service("Restricted House", provider), world.service("Other House", provider)
    case = world.suspension(restricted, "submitted")
    with world.acting("head") as actor:
        WORKFLOW.take("approve", case, actor)
        db.session.commit()
    officer = as_user("officer")
    assert "Letter to the provider" in officer.get(f"/services/show/{restricted.id}").text
    assert "Letter to the provider" not in officer.get(f"/services/show/{other.id}").text
