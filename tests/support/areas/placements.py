"""What the suite expects of validations, placements, checks for direct payments and host authorities."""

import datetime as dt
from typing import Any

from areas import COUNCIL, OFFICERS, Area, Screen
from models.authorities import AuthorityContact, AuthorityKind, HostAuthority, Nation
from models.placements import (
    AlertKind,
    AuthorityReference,
    DirectPaymentCheck,
    Placement,
    RatingAlert,
    ReferenceKind,
    RegulatorCheck,
    Validation,
)
from models.providers import RatingValue, Regulator

STAMP = {"version": 1, "created_at": "2026-03-04 10:00:00+00:00"}
DAY, BEFORE, LATER = "2026-03-04", "2026-03-03", "2027-03-04"
TODAY, YESTERDAY, NEXT_YEAR = dt.date(2026, 3, 4), dt.date(2026, 3, 3), dt.date(2027, 3, 4)
ASKS = f"{OFFICERS} care_manager"
READS = f"{COUNCIL} care_manager"


def authority(world: Any, state: str = "", name: str = "", **kw: Any) -> HostAuthority:
    told = {"nation": Nation.england, "kind": AuthorityKind.unitary, **kw}
    return world._add(HostAuthority(name=name or f"Council {world._next()}", **told))


def contact(world: Any, state: str = "", **kw: Any) -> AuthorityContact:
    authority_id = kw.pop("authority_id", 0) or authority(world).id
    told = {"post": "Commissioning desk", "email": "desk@example.org", **kw}
    return world._add(AuthorityContact(authority_id=authority_id, **told))


def validation(world: Any, state: str = "requested", service: Any = None, **kw: Any) -> Validation:
    """A validation as it would stand in that state."""
    approved = state in ("approved", "approved_with_conditions", "expired")
    service = service or world.service()
    told = {
        "title": ", ".join(each for each in (service.name, kw.get("case_reference")) if each),
        "service_id": service.id,
        "reason": "A home near the family.",
        "host_id": kw.pop("host_id", 0) or authority(world).id,
        "recommendation": "Approve." if approved or state == "recommended" else None,
        "conditions": "Monthly reviews." if state == "approved_with_conditions" else None,
        "outcome": "Not safe." if state == "declined" else None,
        "decided_on": YESTERDAY if approved or state == "declined" else None,
        "expires_on": NEXT_YEAR if approved else None,
        **kw,
    }
    return world._add(Validation(state=state, **told))


def check(world: Any, state: str = "", of: Any = None, **kw: Any) -> RegulatorCheck:
    of = of or validation(world, "checking")
    told = {"regulator": Regulator.cqc, "checked_on": TODAY, "rating": RatingValue.good, **kw}
    return world._add(RegulatorCheck(validation_id=of.id, **told))


def reference(world: Any, state: str = "", of: Any = None, **kw: Any) -> AuthorityReference:
    of = of or validation(world, "checking")
    told = {
        "authority_id": of.host_id,
        "kind": ReferenceKind.host_contact,
        "asked_on": YESTERDAY,
        "answered_on": TODAY,
        "text": "No concerns.",
        **kw,
    }
    return world._add(AuthorityReference(validation_id=of.id, **told))


def with_evidence(world: Any, state: str = "checking", **kw: Any) -> Validation:
    """One on which all that a recommendation rests on is recorded."""
    made = validation(world, state, **kw)
    check(world, of=made)
    reference(world, of=made)
    reference(world, of=made, kind=ReferenceKind.used_service, authority_id=authority(world).id)
    return made


def validation_for(world: Any, step: str, state: str) -> Validation:
    if (step, state) == ("recommend", "checking") or (step.startswith("approve") and state == "recommended"):
        return with_evidence(world, state)
    approved = state in ("approved", "approved_with_conditions")
    return validation(world, state, **({"expires_on": TODAY} if step == "expire" and approved else {}))


def placement(world: Any, state: str = "proposed", service: Any = None, **kw: Any) -> Placement:
    """A placement as it would stand in that state; its host notified, unless that is what the state denies."""
    of = kw.pop("of", None) or validation(world, "approved", service)
    began = state in ("active", "ended")
    told = {
        "service_id": of.service_id,
        "host_id": of.host_id,
        "case_reference": "P-1001",
        "planned_on": TODAY,
        "notice": "Notice." if began or state == "host_notified" else None,
        "notified_on": YESTERDAY if began or state == "host_notified" else None,
        "not_notified_reason": "An emergency." if state == "host_not_notified" else None,
        "agreement_on": YESTERDAY if began else None,
        "active_on": YESTERDAY if began else None,
        "ended_on": TODAY if state == "ended" else None,
        "next_rating_check_on": dt.date(2026, 6, 3) if state == "active" else None,
        "next_host_check_on": dt.date(2027, 3, 3) if state == "active" else None,
        **kw,
    }
    return world._add(Placement(validation_id=of.id, state=state, **told))


def placement_for(world: Any, step: str, state: str) -> Placement:
    if step == "activate" and state in ("host_notified", "host_not_notified"):
        return placement(world, state, agreement_on=YESTERDAY)
    if step == "notify_host_late" and state == "active":
        made = placement(world, state, notice=None, notified_on=None, not_notified_reason="An emergency.")
    else:
        made = placement(world, state)
    contact(world, authority_id=made.host_id)
    return made


def payment_check(world: Any, state: str = "requested", service: Any = None, **kw: Any) -> DirectPaymentCheck:
    done = state in ("checked", "listed", "not_listed")
    told = {
        "service_id": (service or world.service()).id,
        "rating_found": RatingValue.good if done else None,
        "findings": "Registered." if done else None,
        "checked_on": YESTERDAY if done else None,
        "outcome": "Not registered." if state == "not_listed" else None,
        "listed_on": TODAY if state == "listed" else None,
        "check_due_on": NEXT_YEAR if state == "listed" else None,
        **kw,
    }
    return world._add(DirectPaymentCheck(state=state, **told))


def alert(world: Any, state: str = "open", of: Any = None, **kw: Any) -> RatingAlert:
    of = of or placement(world, "active")
    placed = isinstance(of, Placement)
    told = {
        "kind": AlertKind.host_contact if placed else AlertKind.direct_payments,
        "placement_id": of.id if placed else None,
        "payment_check_id": None if placed else of.id,
        "service_id": of.service_id,
        "rating": RatingValue.inadequate,
        "found_on": YESTERDAY,
        "closed_on": TODAY if state == "closed" else None,
        **kw,
    }
    return world._add(RatingAlert(state=state, **told))


def asked(world: Any, item: Any) -> Any:
    """The same, as if the care manager had asked for it."""
    with world.console():
        item.created_by_id = world.person("care_manager").id
    return item


def rows(world: Any, own: Any, other: Any) -> dict[str, Any]:
    """A care manager sees what came of their own requests, whichever provider's service it is about."""
    host = authority(world, name="Wrenshire")
    told = {"host_id": host.id, "recommendation": "Redstart"}
    theirs = asked(world, validation(world, "approved", other, case_reference="Asked sorrel", **told))
    inside = {"our_contact": "Redstart", "notice": "Redstart", "notified_on": TODAY}
    placed = placement(world, "active", of=theirs, case_reference="Placed yarrow", host_check_note="Redstart", **inside)
    others = placement(world, "active", own, case_reference="Placed clover", **inside)
    listed = asked(world, payment_check(world, "listed", other, case_reference="Asked burdock", findings="Redstart"))
    unlisted = payment_check(world, "not_listed", own, case_reference="Other burdock")
    return {
        "host authority": host,
        "contact at a host": contact(world, authority_id=host.id, post="Wrendesk"),
        "validation of the care manager": theirs,
        "other validation": validation(world, "requested", own, case_reference="Other sorrel", **told),
        "regulator check": check(world, of=theirs, note="Redstart"),
        "authority reference": reference(world, of=theirs, text="Redstart"),
        "placement of the care manager": placed,
        "other placement": others,
        "payment check of the care manager": listed,
        "other payment check": unlisted,
        "alert of a placement of the care manager": alert(world, of=placed, done="Redstart"),
        "alert of a payment check of the care manager": alert(world, of=listed, done="Redstart"),
        "alert of another placement": alert(world, of=others),
        "alert of another payment check": alert(world, of=unlisted),
    }


AREA = Area(
    screens=[
        Screen(
            plural="validations", model=Validation, make=validation, reads=READS, sees=COUNCIL, adds=ASKS, edits=ASKS,
            editable="requested", heading="Validations", lookup=True, step_made=validation_for,
            steps={
                ("begin", "requested"): OFFICERS,
                ("name_host", "checking"): OFFICERS,
                ("recommend", "checking"): OFFICERS,
                ("send_back", "recommended"): "manager",
                ("approve", "recommended"): "manager",
                ("approve_with_conditions", "recommended"): "manager",
                ("decline", "recommended"): "manager",
                ("check_again", "declined"): OFFICERS,
                ("expire", "approved"): OFFICERS,
                ("expire", "approved_with_conditions"): OFFICERS,
                ("withdraw", "requested"): OFFICERS,
                ("withdraw", "checking"): OFFICERS,
            },
        ),
        Screen(
            plural="regulator-checks", model=RegulatorCheck, make=check, reads=COUNCIL, sees=COUNCIL, adds=OFFICERS,
            edits=OFFICERS, heading="Checks with the regulator",
        ),
        Screen(
            plural="references", model=AuthorityReference, make=reference, reads=COUNCIL, sees=COUNCIL, adds=OFFICERS,
            edits=OFFICERS, heading="References of authorities",
        ),
        Screen(
            plural="placements", model=Placement, make=placement, reads=READS, sees=COUNCIL, adds=OFFICERS,
            edits=OFFICERS, editable="proposed", heading="Placements", step_made=placement_for,
            steps={
                ("notify_host", "proposed"): OFFICERS,
                ("notify_host", "host_not_notified"): OFFICERS,
                ("do_not_notify", "proposed"): OFFICERS,
                ("record_agreement", "proposed"): OFFICERS,
                ("record_agreement", "host_notified"): OFFICERS,
                ("record_agreement", "host_not_notified"): OFFICERS,
                ("activate", "host_notified"): OFFICERS,
                ("activate", "host_not_notified"): OFFICERS,
                ("notify_host_late", "active"): OFFICERS,
                ("record_rating_check", "active"): OFFICERS,
                ("record_host_check", "active"): OFFICERS,
                ("end", "active"): OFFICERS,
                ("withdraw", "proposed"): OFFICERS,
                ("withdraw", "host_notified"): OFFICERS,
                ("withdraw", "host_not_notified"): OFFICERS,
            },
        ),
        Screen(
            plural="rating-alerts", model=RatingAlert, make=alert, reads=READS, sees=COUNCIL, past=False,
            heading="Rating alerts", steps={("close", "open"): OFFICERS},
        ),
        Screen(
            plural="checks", model=DirectPaymentCheck, make=payment_check, reads=READS, sees=COUNCIL, adds=ASKS,
            edits=ASKS, editable="requested", heading="Direct payment checks",
            steps={
                ("check", "requested"): OFFICERS,
                ("check", "checked"): OFFICERS,
                ("check", "listed"): OFFICERS,
                ("check", "not_listed"): OFFICERS,
                ("list", "checked"): OFFICERS,
                ("leave_off", "checked"): OFFICERS,
                ("withdraw", "requested"): OFFICERS,
            },
        ),
        Screen(
            plural="authorities", model=HostAuthority, make=authority, reads=f"{READS} administrator",
            sees=f"{READS} administrator", adds=f"{OFFICERS} administrator", edits=f"{OFFICERS} administrator",
            heading="Host authorities", lookup=True,
        ),
        Screen(
            plural="authority-contacts", model=AuthorityContact, make=contact, reads=f"{READS} administrator",
            sees=f"{READS} administrator", adds=f"{OFFICERS} administrator", edits=f"{OFFICERS} administrator",
            heading="Contacts at host authorities", lookup=True,
        ),
    ],
    seen={
        "host authority": f"{READS} administrator",
        "contact at a host": f"{READS} administrator",
        "validation of the care manager": READS,
        "other validation": COUNCIL,
        "regulator check": COUNCIL,
        "authority reference": COUNCIL,
        "placement of the care manager": READS,
        "other placement": COUNCIL,
        "payment check of the care manager": READS,
        "other payment check": COUNCIL,
        "alert of a placement of the care manager": READS,
        "alert of a payment check of the care manager": READS,
        "alert of another placement": COUNCIL,
        "alert of another payment check": COUNCIL,
    },
    rows=rows,
    pages=[
        ("authorities", "host authority", "wrenshire"),
        ("authority-contacts", "contact at a host", "wrendesk"),
        ("validations", "validation of the care manager", "asked sorrel"),
        ("validations", "other validation", "other sorrel"),
        ("regulator-checks", "regulator check", "thornhouse"),
        ("references", "authority reference", "wrenshire"),
        ("placements", "placement of the care manager", "yarrow"),
        ("placements", "other placement", "clover"),
        ("checks", "payment check of the care manager", "asked burdock"),
        ("checks", "other payment check", "other burdock"),
        ("rating-alerts", "alert of a placement of the care manager", "thornhouse"),
        ("rating-alerts", "alert of a payment check of the care manager", "thornhouse"),
        ("rating-alerts", "alert of another placement", "ownhouse"),
        ("rating-alerts", "alert of another payment check", "ownhouse"),
    ],
    hidden=["Redstart"],
    good={
        "host_authority": (
            STAMP
            | {
                "name": "One", "nation": "england", "kind": "county", "register_name": "Wren, County of",
                "active": True,
            },
            {"name": "Two", "register_name": "Two, County of"},
        ),
        "authority_contact": (STAMP | {"authority_id": 1, "post": "Desk", "email": "desk@example.org"}, {}),
        "validation": (STAMP | {"title": "x", "service_id": 1, "reason": "x", "state": "requested"}, {}),
        "regulator_check": (
            STAMP | {"validation_id": 1, "regulator": "cqc", "checked_on": DAY, "rating": "good", "note": ""},
            {},
        ),
        "authority_reference": (
            STAMP
            | {
                "validation_id": 1, "authority_id": 1, "kind": "host_contact", "asked_on": DAY, "no_answer": False,
                "text": "",
            },
            {},
        ),
        "placement": (
            STAMP
            | {
                "validation_id": 1, "service_id": 1, "host_id": 1, "case_reference": "P-1", "planned_on": DAY,
                "state": "proposed",
            },
            {},
        ),
        "direct_payment_check": (STAMP | {"service_id": 1, "reason": "", "state": "requested"}, {}),
        "rating_alert": (
            STAMP
            | {
                "kind": "host_contact", "service_id": 1, "placement_id": 1, "rating": "inadequate", "found_on": DAY,
                "state": "open",
            },
            {"rating": "requires_improvement"},
        ),
    },
    checks={
        "ck_host_authority_trusts_in_northern_ireland": (
            "host_authority", {"kind": "health_and_social_care_trust"},
        ),
        "ck_authority_contact_reachable": ("authority_contact", {"email": None}),
        "ck_validation_recommended_says_what": ("validation", {"state": "recommended"}),
        "ck_validation_decided_has_day": ("validation", {"state": "declined", "outcome": "x"}),
        "ck_validation_approved_expires": (
            "validation", {"state": "approved", "recommendation": "x", "decided_on": DAY},
        ),
        "ck_validation_conditions_are_said": (
            "validation",
            {
                "state": "approved_with_conditions", "recommendation": "x", "decided_on": DAY, "expires_on": LATER,
                "conditions": "",
            },
        ),
        "ck_validation_declined_says_why": ("validation", {"state": "declined", "decided_on": DAY, "outcome": ""}),
        "ck_authority_reference_chased_after_asked": ("authority_reference", {"chased_on": BEFORE}),
        "ck_authority_reference_answered_after_asked": ("authority_reference", {"answered_on": BEFORE, "text": "x"}),
        "ck_authority_reference_answer_says_something": ("authority_reference", {"answered_on": DAY}),
        "ck_authority_reference_no_answer_after_chasing": ("authority_reference", {"no_answer": True}),
        "ck_placement_host_notified_or_reason": (
            "placement", {"state": "active", "active_on": DAY, "agreement_on": DAY},
        ),
        "ck_placement_notified_has_notice": ("placement", {"notified_on": DAY}),
        "ck_placement_active_has_agreement": (
            "placement", {"state": "active", "active_on": DAY, "not_notified_reason": "x"},
        ),
        "ck_placement_ended_has_day": ("placement", {"ended_on": DAY}),
        "ck_placement_ends_after_start": (
            "placement",
            {
                "state": "ended", "active_on": DAY, "agreement_on": DAY, "ended_on": BEFORE,
                "not_notified_reason": "x",
            },
        ),
        "ck_direct_payment_check_checked_has_day": ("direct_payment_check", {"state": "checked"}),
        "ck_direct_payment_check_listed_has_day": (
            "direct_payment_check", {"state": "listed", "checked_on": DAY},
        ),
        "ck_direct_payment_check_not_listed_says_why": (
            "direct_payment_check", {"state": "not_listed", "checked_on": DAY, "outcome": ""},
        ),
        "ck_rating_alert_host_contact_for_placement": ("rating_alert", {"placement_id": None}),
        "ck_rating_alert_direct_payments_for_check": ("rating_alert", {"payment_check_id": 1}),
        "ck_rating_alert_closed_has_day": ("rating_alert", {"closed_on": DAY}),
    },
    words="""
host_authority: nation kind
validation: state
regulator_check: regulator rating
authority_reference: kind
placement: state rating_found
direct_payment_check: state rating_found
rating_alert: kind rating state""",
    pointers="""
host_authority: created_by_id
authority_contact: authority_id created_by_id
validation: service_id host_id created_by_id
regulator_check: validation_id created_by_id
authority_reference: validation_id authority_id created_by_id
placement: validation_id service_id host_id host_contact_id created_by_id
direct_payment_check: service_id created_by_id
rating_alert: service_id placement_id payment_check_id created_by_id""",
    only_one={
        "uq_host_authority_name": ("host_authority", {"name": "One"}, "host_authority.name"),
        "uq_host_authority_register_name": (
            "host_authority", {"register_name": "Wren, County of"}, "host_authority.register_name",
        ),
        "uq_rating_alert_one_open": (
            "rating_alert", {"rating": "inadequate"}, "index 'uq_rating_alert_one_open'",
        ),
    },
    besides={
        ("rating_alert", "kind"): {"placement_id": None},
        ("rating_alert", "payment_check_id"): {"kind": "direct_payments", "placement_id": None},
    },
    places=lambda world: {
        "validation": with_evidence(world).id,
        "placement": placement_for(world, "end", "active").id,
        "payment": payment_check(world, "listed").id,
        "alert": alert(world).id,
        "host": contact(world).authority_id,
    },
    budgets="""
    officer       /validations/list/                          4  36
    officer       /validations/show/{validation}             13   0
    officer       /validations/add                            1   0
    officer       /regulator-checks/list/                     4  12
    officer       /references/list/                           4  36
    officer       /placements/list/                           4 120
    officer       /placements/show/{placement}                9   0
    officer       /placements/{placement}/end                 3   0
    officer       /rating-alerts/list/                        4  24
    officer       /rating-alerts/show/{alert}                 6   0
    officer       /checks/list/                               4  36
    officer       /checks/show/{payment}                      7   0
    officer       /authorities/list/                          4   0
    officer       /authorities/show/{host}                    5   0
    """,
)  # fmt: skip
