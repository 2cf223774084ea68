"""Servers for tests: databases of this run's own on a PostgreSQL that is already there, and a Redis to be killed."""

import atexit
import contextlib
import os
import re
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

import migrations
from grading.store.tables import Table
from testing.servers import NotInstalledError, Redis

SERVER = os.environ.get("CHAINRULE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
PREFIX = "chainrule_test_"
_OURS = re.compile(rf"{PREFIX}(\d+)_\d+\Z")


class Postgres:
    """Databases on one server, each of this version. They go away when the test run ends, however it ends."""

    def __init__(self) -> None:
        self._server = psycopg.connect(SERVER, autocommit=True, connect_timeout=5)
        self._free: list[str] = []
        self._count = 0
        self._drop_what_the_dead_left()
        atexit.register(self._leave)

    def empty(self) -> str:
        """The address of a new database with nothing in it."""
        return self._new("template0")

    def copy(self, url: str) -> str:
        """The address of a new database that is what `url` is now; nobody may be connected to that."""
        return self._new(_name(url))

    def migrated(self) -> str:
        """The address of a database of this version with no rows, perhaps one that was used before."""
        if not self._free:
            url = self.empty()
            migrations.upgrade(url)
            return url
        return _address(self._free.pop())

    def give_back(self, url: str) -> None:
        """Empty the database for the next test."""
        self._throw_out(_name(url))
        with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)) as db:
            for table in reversed(Table.metadata.sorted_tables):
                db.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
        self._free.append(_name(url))

    def drop(self, url: str) -> None:
        """Drop the database, whoever is connected."""
        self._server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_name(url))))

    def throw_out(self, url: str) -> int:
        """End all connections to the database, as a restart of the server does; returns how many there were."""
        return self._throw_out(_name(url))

    def _new(self, template: str) -> str:
        self._count += 1
        name = f"{PREFIX}{os.getpid()}_{self._count}"
        self._server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        return _address(name)

    def _throw_out(self, name: str) -> int:
        return self._server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        ).rowcount

    def _names(self) -> dict[str, int]:
        names = [name for [name] in self._server.execute("SELECT datname FROM pg_database").fetchall()]
        return {name: int(found[1]) for name in names if (found := _OURS.match(name))}

    def _drop_what_the_dead_left(self) -> None:
        for name, owner in self._names().items():
            if not Path(f"/proc/{owner}").exists():
                self.drop(_address(name))

    def _leave(self) -> None:
        with contextlib.suppress(psycopg.Error):
            for name, owner in self._names().items():
                if owner == os.getpid():
                    self.drop(_address(name))
            self._server.close()


def redis_in(folder: Path) -> Redis:
    """A Redis of this test's own, which it may kill; the test is skipped, with the reason, where none is installed."""
    try:
        return Redis(folder)
    except NotInstalledError as error:
        pytest.skip(f"needs the program {error}")


@cache
def _postgres() -> Postgres | str:
    try:
        return Postgres()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[0]


def postgres() -> Postgres:
    """The server; a test that asks for it is skipped, with the reason, where none answers."""
    server = _postgres()
    if isinstance(server, str):
        pytest.skip(f"needs PostgreSQL, as a role that may create databases, at CHAINRULE_TEST_POSTGRES: {server}")
    return server


def _address(name: str) -> str:
    return make_url(SERVER).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


def _name(url: str) -> str:
    return str(make_url(url).database)
