"""What the console does by itself when the regulator judges a service anew: the part of every area, in one place."""

from flask_babel import gettext as _

from models.providers import Judgement, Service
from workflows import meetings, placements, plans, suspensions


def on_rating(service: Service, before: Judgement | None) -> list[str]:
    """Draft and open what the framework in force says, and tell it in sentences for whoever runs the import."""
    told = []
    if suspensions.on_rating(service, before) is not None:
        told.append(_("%(service)s became Inadequate: a suspension is drafted.", service=service))
    if meetings.on_rating(service, before) is not None:
        told.append(_("%(service)s: an MDT is to be considered. The request is drafted.", service=service))
    if plans.on_rating(service, before) is not None:
        told.append(_("%(service)s: an improvement plan is drafted.", service=service))
    if placements.on_rating(service, before):
        told.append(_("%(service)s: contact with the host, or telling direct payments, is due.", service=service))
    return told
