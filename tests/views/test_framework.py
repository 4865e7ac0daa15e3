"""The screens of a framework's rows: read with every edition, written in a draft alone."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from world import World

from models import db
from models.framework import Cadence, Framework, FrameworkState
from workflows import framework
from workflows.framework_editions import WORKFLOW


@pytest.fixture
def numbers(world: World) -> tuple[int, int]:
    """A cadence of the edition in force, and its like in a draft."""
    with world.acting("manager") as manager:
        standing = framework.in_force(db.session)
        assert standing is not None
        WORKFLOW.take("copy_to_draft", standing, manager)
        db.session.commit()
        rows = select(Cadence.id).join(Cadence.framework).order_by(Cadence.id)
        in_force, draft = (
            db.session.scalars(rows.where(Framework.state == state)).first()
            for state in (FrameworkState.in_force, FrameworkState.draft)
        )
        assert in_force is not None
        assert draft is not None
        return in_force, draft


@pytest.mark.parametrize(
    ("who", "draft", "buttons"),
    [
        ("officer", False, []),
        ("manager", False, []),
        ("head", False, []),
        ("officer", True, []),
        ("manager", True, ["Change", "Take it out of the draft"]),
        ("head", True, []),
    ],
)
def test_a_row_is_read_with_any_edition_and_changed_in_a_draft(
    numbers: tuple[int, int], as_user: Any, who: str, draft: bool, buttons: list[str]
) -> None:
    answer = as_user(who).get(f"/framework-cadences/show/{numbers[draft]}")
    assert answer.status_code == 200
    main = answer.text[answer.text.index("<main") :]
    assert "When it falls due" in main
    assert [each.strip() for each in re.findall(r"govuk-button--secondary[^>]*>([^<]+)<", main)] == buttons


def test_a_form_of_the_edition_in_force_says_why_it_is_not_opened(numbers: tuple[int, int], as_user: Any) -> None:
    answer = as_user("manager").get(f"/framework-cadences/edit/{numbers[0]}")
    assert answer.status_code == 403
    assert "is in force" in answer.text
