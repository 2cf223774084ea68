"""Alembic's entry: connects, and runs the steps in one transaction."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from grading.store.settings import Settings
from grading.store.tables import Table
from grading.store.tables.base import Moment, Points

LOCK_TIMEOUT = "5s"
# One migration at a time: any number that nobody else uses.
TURN = 0x43A1_2026


def plain(kind: str, value: object, _context: object) -> str | bool:
    """Write our own types as what they are in the database: a migration must not change when the code does."""
    if kind == "type" and isinstance(value, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, Points):
        return "sa.BigInteger()"
    return False


def run() -> None:
    """Run the steps against the configured database, or the one that the settings name."""
    url = context.config.get_main_option("sqlalchemy.url") or Settings().database
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                # A step that cannot have its lock gives up instead of stopping everybody behind it.
                connection.execute(text("SELECT pg_advisory_lock(:turn)"), {"turn": TURN})
                connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
                connection.commit()
            else:
                # Python's driver for SQLite would begin by itself, in the middle of the steps.
                connection.connection.driver_connection.isolation_level = None
                connection.exec_driver_sql("PRAGMA busy_timeout = 30000")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            context.configure(
                connection=connection,
                target_metadata=Table.metadata,
                render_as_batch=connection.dialect.name == "sqlite",
                compare_server_default=True,
                render_item=plain,
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
    finally:
        engine.dispose()


run()
