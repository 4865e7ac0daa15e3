"""What a row of another nation's register says, in words: on its own page, and on that of the service that it is."""

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, select

from models import db
from models.providers import Regulator, Service
from models.registers import RegisterProposal
from views.labels import FIELDS
from workflows.ledger import revived
from workflows.registers import proposals

SHOWN = (
    "name", "provider", "address_line_1", "address_line_2", "town", "postcode", "phone", "local_authority",
    "register_types", "service_type", "registration_status", "regulator_id", "beds", "places", "client_group",
    "specialisms", "last_inspected_on", "graded_on", "grade_wellbeing", "grade_planning", "grade_setting",
    "grade_staff", "grade_leadership", "conditions_of_registration",
)  # fmt: skip
"""The facts of a row in the order in which they are read."""
GRADES = {
    1: _l("1, unsatisfactory"),
    2: _l("2, weak"),
    3: _l("3, adequate"),
    4: _l("4, good"),
    5: _l("5, very good"),
    6: _l("6, excellent"),
}


def facts_of(proposal: RegisterProposal) -> list[tuple[Any, Any]]:
    """What the row says, in words."""
    return [(FIELDS[name], _value(name, proposal.facts[name])) for name in SHOWN if name in proposal.facts]


def _value(name: str, value: Any) -> Any:
    if name.startswith("grade_"):
        return GRADES[value]
    if name == "graded_on":
        return dt.date.fromisoformat(value)
    return revived(inspect(Service).columns[name], value) if name in proposals.FILLS else value


def of_service(service: Service) -> RegisterProposal | None:
    """The row of another nation's register that this service is, for whoever may read the registers."""
    if service.regulator in (Regulator.cqc, Regulator.none):
        return None
    return db.session.scalar(select(RegisterProposal).where(RegisterProposal.service_id == service.id))
