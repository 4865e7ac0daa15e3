"""Write versions/0001_first_edition.py anew from the models: `make migration`.

For as long as no council runs the console. From the first release on 0001 stays as it is, every change of
a table is a migration of its own, and this file goes.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from alembic.autogenerate import render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import CreateIndexOp, CreateTableOp, UpgradeOps
from sqlalchemy import Column, Sequence

import models
from models.base import UtcDateTime

TARGET = Path(__file__).parent / "versions" / "0001_first_edition.py"

FILE = '''"""The first edition of every table, Flask-AppBuilder's own among them. Written by `make migration`."""
# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

from models.ledger import APPEND_ONLY, append_only_statements

revision = "0001"
down_revision = None

SEQUENCES = {sequences!r}
# Accounts point to agencies and providers, and those to the account that made them.
CIRCLE = {circle!r}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        for name in SEQUENCES:
            op.execute(sa.schema.CreateSequence(sa.Sequence(name, start=1, increment=1, minvalue=1, cycle=False)))
    {tables}
    if dialect == "postgresql":
        for name, table, column, target in CIRCLE:
            op.create_foreign_key(op.f(name), table, target, [column], ["id"])
    for table in APPEND_ONLY:
        for statement in append_only_statements(table, dialect):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Nothing comes before the first edition. Restore a backup instead.")
'''


def main() -> None:
    metadata = models.Model.metadata
    context = MigrationContext.configure(dialect_name="sqlite", opts={"target_metadata": metadata})
    ops = UpgradeOps()
    for table in metadata.sorted_tables:
        ops.ops.append(CreateTableOp.from_table(table))
        ops.ops.extend(CreateIndexOp.from_index(index) for index in sorted(table.indexes, key=lambda each: each.name))
    tables = render_python_code(ops, migration_context=context, render_item=render)
    TARGET.write_text(
        FILE.format(
            sequences=[
                column.default.name
                for table in metadata.sorted_tables
                for column in table.columns
                if isinstance(column.default, Sequence)
            ],
            circle=[
                (str(key.name), table.name, key.column_keys[0], key.referred_table.name)
                for table in metadata.sorted_tables
                for key in sorted(table.foreign_key_constraints, key=lambda each: str(each.name))
                if key.use_alter
            ],
            tables="\n".join(line for line in tables.splitlines() if "# ###" not in line).strip(),
        )
    )
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run([ruff, "format", "--quiet", TARGET], check=True)  # noqa: S603


def render(kind: str, item: Any, context: Any) -> str | bool:
    """Spell what Alembic would leave out (sequences) or import from the models (our types)."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "column" and isinstance(item, Column) and isinstance(item.default, Sequence):
        return f'sa.Column("{item.name}", sa.Integer(), sa.Sequence("{item.default.name}"), nullable={item.nullable})'
    return False


if __name__ == "__main__":
    main()
