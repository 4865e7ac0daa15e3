"""Bringing a database to the tables of this version (design section 5)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Run every migration that the database has not had, all of them or none. Safe to repeat."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        if sqlite:
            # A batch migration rebuilds tables that others point to. Works only before the transaction begins.
            _foreign_keys(connection.connection.driver_connection, "OFF")
        try:
            with connection.begin():
                command.upgrade(config, "head")
                if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"the migration leaves a row of {broken[0]} that points to nothing")
        finally:
            if sqlite:
                _foreign_keys(connection.connection.driver_connection, "ON")


def _foreign_keys(driver: object, switch: str) -> None:
    driver.execute(f"PRAGMA foreign_keys={switch}")  # type: ignore[attr-defined]
