"""The tables. Imported whole, so that one `import models` knows every one of them."""

from models import documents, framework, ledger, outbox, people, providers, suspensions, tokens, visits
from models.base import Model, db

__all__ = [
    "Model", "db", "documents", "framework", "ledger", "outbox", "people", "providers", "suspensions", "tokens",
    "visits",
]  # fmt: skip
