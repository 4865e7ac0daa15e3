"""The tables. Imported whole, so that one `import models` knows every one of them."""

from models import attachments, documents, framework, ledger, outbox, people, providers, suspensions, visits
from models.base import Model, db

__all__ = [
    "Model",
    "attachments",
    "db",
    "documents",
    "framework",
    "ledger",
    "outbox",
    "people",
    "providers",
    "suspensions",
    "visits",
]
