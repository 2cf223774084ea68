"""The database: one engine, and two kinds of transaction."""

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from grading.store.settings import Settings

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # an accepted submission survives a power cut, not only a crash
    "busy_timeout": "30000",
    "foreign_keys": "ON",
}
# A server that vanished without a word is noticed within half a minute; left alone, the system waits for hours.
NOTICED = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}


class Database:
    """The engine, with transactions that are either for reading or for writing.

    SQLite lets many read while one writes (WAL). A transaction that reads first and writes later can find the
    database changed beneath it and fails at once, whatever the timeout; so writers say so at the beginning and wait
    their turn there. PostgreSQL needs no such promise and ignores the difference.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"pool_size": 20, "max_overflow": 40, "hide_parameters": True}
        if not self.is_sqlite:
            options["pool_pre_ping"] = True
            options["connect_args"] = NOTICED
        self.engine = create_engine(parsed, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writer = self.engine.execution_options(chainrule_writes=True)

    @classmethod
    def open(cls, settings: Settings) -> "Database":
        """The database that the settings name; its directory is made, its tables are not."""
        settings.state.mkdir(parents=True, exist_ok=True)
        return cls(settings.database)

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view; what was changed in it is forgotten."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """All or nothing: committed at the end, rolled back when anything is raised."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def ping(self) -> None:
        """Raise what the driver raises when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guesses
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("chainrule_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
