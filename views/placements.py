"""Validations, placements outside the area, checks for direct payments, and what poor ratings call for."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models.authorities import HostAuthority
from models.placements import (
    APPROVED,
    AlertKind,
    AlertState,
    AuthorityReference,
    DirectPaymentCheck,
    PaymentCheckState,
    Placement,
    PlacementState,
    RatingAlert,
    RegulatorCheck,
    Validation,
    ValidationState,
)
from models.providers import Service
from views.base import AreaView, Column, Filter, Moment, Table, acting
from views.labels import tag, word
from views.providers import choices
from workflows import placements as steps
from workflows.access import Resource

CASE = _l("Never a name or a date of birth.")


class ValidationView(AreaView):
    datamodel = Table(Validation)
    resource = Resource.validations
    route_base = "/validations"
    workflow = steps.VALIDATIONS
    title, one = _l("Validations"), _l("validation")
    columns = (
        Column("title", _l("Service and case"), lambda v: v.title, Validation.title),
        Column("host", _l("Host authority"), lambda v: v.host),
        Column("state", _l("State"), lambda v: tag(v.state), Validation.state),
        Column("needed", _l("Needed on"), lambda v: v.needed_on, Validation.needed_on),
        Column("expires", _l("Expires on"), lambda v: v.expires_on, Validation.expires_on),
    )
    searched = (Validation.title,)
    ordered = (Validation.id.desc(),)
    eager = (joinedload(Validation.host),)
    filters = (
        Filter("state", _l("State"), choices(ValidationState, _l("All states")), lambda v: Validation.state == v),
        Filter(
            "due",
            _l("Expiry"),
            lambda: [("", _l("Any")), ("due", _l("Run out"))],
            lambda v: Validation.state.in_(APPROVED) & (Validation.expires_on <= acting().today),
        ),
    )
    fields = steps.REQUEST
    shown = ("host_id", "recommendation", "conditions", "outcome", "decided_on", "expires_on")
    inside = frozenset({"recommendation"})
    long_text = frozenset({"reason"})
    hints = {"case_reference": CASE, "reason": _l("What care is sought, and why there.")}
    related = ("regulator_checks", "references", "placements")
    timeline = Moment(lambda v: v.created_at, lambda v: _l("Validation"), lambda v: word(v.state))


class RegulatorCheckView(AreaView):
    datamodel = Table(RegulatorCheck)
    resource = Resource.evidence
    route_base = "/regulator-checks"
    title, one = _l("Checks with the regulator"), _l("check with the regulator")
    columns = (
        Column("validation", _l("Validation"), lambda c: c.validation, Validation.title),
        Column("regulator", _l("Regulator"), lambda c: word(c.regulator), RegulatorCheck.regulator),
        Column("checked", _l("Checked on"), lambda c: c.checked_on, RegulatorCheck.checked_on),
        Column("rating", _l("Rating"), lambda c: tag(c.rating), RegulatorCheck.rating),
    )
    searched = (Validation.title,)
    ordered = (RegulatorCheck.checked_on.desc(),)
    eager = (contains_eager(RegulatorCheck.validation),)
    fields = steps.CHECK
    long_text = frozenset({"note"})

    def query(self) -> Any:
        return select(RegulatorCheck).join(RegulatorCheck.validation)


class AuthorityReferenceView(AreaView):
    datamodel = Table(AuthorityReference)
    resource = Resource.evidence
    route_base = "/references"
    title, one = _l("References of authorities"), _l("reference of an authority")
    columns = (
        Column("authority", _l("Authority"), lambda r: r.authority, HostAuthority.name),
        Column("validation", _l("Validation"), lambda r: r.validation, Validation.title),
        Column("kind", _l("Kind"), lambda r: word(r.kind), AuthorityReference.kind),
        Column("asked", _l("Asked on"), lambda r: r.asked_on, AuthorityReference.asked_on),
        Column("answered", _l("Answered on"), lambda r: r.answered_on, AuthorityReference.answered_on),
        Column("no_answer", _l("No answer"), lambda r: r.no_answer),
    )
    searched = (HostAuthority.name, Validation.title)
    ordered = (AuthorityReference.asked_on.desc(),)
    eager = (
        contains_eager(AuthorityReference.authority),
        contains_eager(AuthorityReference.validation),
    )
    filters = (
        Filter(
            "open",
            _l("Answer"),
            lambda: [("", _l("Any")), ("open", _l("Still awaited"))],
            lambda v: AuthorityReference.answered_on.is_(None) & ~AuthorityReference.no_answer,
        ),
    )
    fields = steps.REFERENCE
    long_text = frozenset({"text"})

    def query(self) -> Any:
        return select(AuthorityReference).join(AuthorityReference.authority).join(AuthorityReference.validation)


class PlacementView(AreaView):
    datamodel = Table(Placement)
    resource = Resource.placements
    route_base = "/placements"
    workflow = steps.PLACEMENTS
    title, one = _l("Placements"), _l("placement")
    columns = (
        Column("case", _l("Case reference"), lambda p: p.case_reference, Placement.case_reference),
        Column("service", _l("Service"), lambda p: p.service, Service.name),
        Column("host", _l("Host authority"), lambda p: p.host),
        Column("state", _l("State"), lambda p: tag(p.state), Placement.state),
        Column("rating", _l("Rating check by"), lambda p: p.next_rating_check_on, Placement.next_rating_check_on),
        Column("host_check", _l("Host check by"), lambda p: p.next_host_check_on, Placement.next_host_check_on),
    )
    searched = (Placement.case_reference, Service.name)
    ordered = (Placement.id.desc(),)
    eager = (contains_eager(Placement.service), joinedload(Placement.host))
    filters = (
        Filter("state", _l("State"), choices(PlacementState, _l("All states")), lambda v: Placement.state == v),
        Filter(
            "due",
            _l("Checks"),
            lambda: [("", _l("Any")), ("due", _l("Due"))],
            lambda v: (
                (Placement.next_rating_check_on <= acting().today) | (Placement.next_host_check_on <= acting().today)
            ),
        ),
    )
    fields = steps.PLACEMENT
    shown = (
        "service_id", "host_id", "host_contact_id", "our_contact", "notified_on", "notice", "not_notified_reason",
        "agreement_on", "agreement_reference", "active_on", "rating_found", "rating_checked_on",
        "next_rating_check_on", "host_check_note", "host_checked_on", "next_host_check_on", "ended_on", "host_told_on",
    )  # fmt: skip
    inside = frozenset({"host_contact_id", "our_contact", "notice", "not_notified_reason", "host_check_note"})
    hints = {"case_reference": CASE}
    related = ("alerts",)
    timeline = Moment(lambda p: p.active_on or p.created_at, lambda p: _l("Placement"), lambda p: word(p.state))

    def query(self) -> Any:
        return select(Placement).join(Placement.service)


class RatingAlertView(AreaView):
    datamodel = Table(RatingAlert)
    resource = Resource.rating_alerts
    route_base = "/rating-alerts"
    workflow = steps.ALERTS
    title, one = _l("Rating alerts"), _l("rating alert")
    columns = (
        Column("service", _l("Service"), lambda a: a.service, Service.name),
        Column("kind", _l("What is due"), lambda a: word(a.kind), RatingAlert.kind),
        Column("rating", _l("Rating"), lambda a: tag(a.rating), RatingAlert.rating),
        Column("found", _l("Found on"), lambda a: a.found_on, RatingAlert.found_on),
        Column("state", _l("State"), lambda a: tag(a.state), RatingAlert.state),
    )
    searched = (Service.name,)
    ordered = (RatingAlert.found_on.desc(),)
    eager = (contains_eager(RatingAlert.service),)
    filters = (
        Filter(
            "state",
            _l("State"),
            choices(AlertState, _l("All states")),
            lambda v: RatingAlert.state == v,
            default=lambda: "open",
        ),
        Filter("kind", _l("What is due"), choices(AlertKind, _l("Any")), lambda v: RatingAlert.kind == v),
    )
    shown = ("kind", "service_id", "placement_id", "payment_check_id", "rating", "found_on", "closed_on", "done")
    inside = frozenset({"done"})

    def query(self) -> Any:
        return select(RatingAlert).join(RatingAlert.service)


class DirectPaymentCheckView(AreaView):
    datamodel = Table(DirectPaymentCheck)
    resource = Resource.checks
    route_base = "/checks"
    workflow = steps.CHECKS
    title, one = _l("Direct payment checks"), _l("direct payment check")
    columns = (
        Column("service", _l("Service"), lambda c: c.service, Service.name),
        Column("state", _l("State"), lambda c: tag(c.state), DirectPaymentCheck.state),
        Column("rating", _l("Rating found"), lambda c: tag(c.rating_found) if c.rating_found else None),
        Column("checked", _l("Checked on"), lambda c: c.checked_on, DirectPaymentCheck.checked_on),
        Column("listed", _l("Listed on"), lambda c: c.listed_on, DirectPaymentCheck.listed_on),
        Column("due", _l("Check again by"), lambda c: c.check_due_on, DirectPaymentCheck.check_due_on),
    )
    searched = (Service.name, DirectPaymentCheck.case_reference)
    ordered = (Service.name,)
    eager = (contains_eager(DirectPaymentCheck.service),)
    filters = (
        Filter(
            "state",
            _l("State"),
            choices(PaymentCheckState, _l("All states")),
            lambda v: DirectPaymentCheck.state == v,
        ),
    )
    fields = steps.PAYMENT_CHECK
    shown = ("rating_found", "findings", "checked_on", "outcome", "listed_on", "check_due_on")
    inside = frozenset({"findings"})
    long_text = frozenset({"reason"})
    hints = {"case_reference": CASE}
    related = ("alerts",)
    timeline = Moment(
        lambda c: c.checked_on or c.created_at, lambda c: _l("Direct payment check"), lambda c: word(c.state)
    )

    def query(self) -> Any:
        return select(DirectPaymentCheck).join(DirectPaymentCheck.service)
