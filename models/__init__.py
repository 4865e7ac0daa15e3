"""The tables. Imported whole, so that one `import models` knows every one of them."""

from models import (  # noqa: F401 - importing a module is what makes its tables known
    absences,
    arrivals,
    attachments,
    authorities,
    calendars,
    complaints,
    contracts,
    diary,
    documents,
    feedback,
    framework,
    ledger,
    lists,
    meetings,
    outbox,
    people,
    placements,
    plans,
    providers,
    registers,
    risk,
    sharing,
    successions,
    suspensions,
    tokens,
    visits,
)
from models.base import Model, db

__all__ = ["Model", "db"]
