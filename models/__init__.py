"""The tables. Imported whole, so that one `import models` knows every one of them."""

from models import documents, framework, ledger, lists, outbox, people, providers, suspensions, visits
from models.base import Model, db

__all__ = [
    "Model", "db", "documents", "framework", "ledger", "lists", "outbox", "people", "providers", "suspensions",
    "visits",
]  # fmt: skip
