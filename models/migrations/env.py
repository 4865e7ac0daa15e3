"""Alembic's entry. The connection comes from models/schema.py, so there is no ini file and no URL here."""

from alembic import context

import models

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models.Model.metadata,
    # SQLite cannot alter a table, so Alembic copies it. It then drops the triggers: a migration of an
    # append-only table runs `models.ledger.append_only_statements` again.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
