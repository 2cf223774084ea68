"""Tables, transactions, and that migrations lead to the same place."""

import itertools
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

import migrations
from grading.store.database import Database
from grading.store.ids import new_id
from grading.store.tables import Course, Enrollment, LineItem, Platform, Run, SubmissionRow, Table
from grading.store.tables.base import Points
from tests.store.course import SQLITE, Town, submit
from tests.store.servers import postgres

ROOT = Path(__file__).resolve().parents[2]


def shape(url: str) -> dict[str, object]:
    """Everything that a database says about its tables."""
    engine = create_engine(url)
    try:
        seen = inspect(engine)
        return {
            name: {
                "columns": {
                    column["name"]: (str(column["type"]), column["nullable"]) for column in seen.get_columns(name)
                },
                "primary": seen.get_pk_constraint(name),
                "foreign": sorted(seen.get_foreign_keys(name), key=str),
                "unique": sorted(seen.get_unique_constraints(name), key=str),
                "checks": sorted(seen.get_check_constraints(name), key=str),
                "indexes": sorted(
                    str({**index, "dialect_options": {k: str(v) for k, v in index["dialect_options"].items()}})
                    for index in seen.get_indexes(name)
                ),
            }
            for name in seen.get_table_names()
            if name != "alembic_version"
        }
    finally:
        engine.dispose()


@pytest.fixture
def empty(tmp_path: Path, backend: str) -> Callable[[], str]:
    """Makes empty databases: the address of a new one at each call."""
    count = itertools.count()
    return lambda: f"sqlite:///{tmp_path}/{next(count)}.db" if backend == SQLITE else postgres().empty()


def test_migrated_and_fresh_schemas_are_equal(empty: Callable[[], str]):
    """Walking through the migrations gives the tables that the code describes."""
    migrated, fresh = empty(), empty()
    migrations.upgrade(migrated)
    engine = create_engine(fresh)
    Table.metadata.create_all(engine)
    engine.dispose()

    assert shape(migrated) == shape(fresh)


def test_nothing_is_left_to_migrate(empty: Callable[[], str]):
    """Alembic sees no difference between the migrated database and the code."""
    url = empty()
    migrations.upgrade(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), Table.metadata)
    engine.dispose()

    assert difference == []
    assert migrations.up_to_date(url)


@pytest.mark.slow
def test_upgrading_twice_is_harmless(empty: Callable[[], str]):
    """Every start upgrades; an up-to-date database stays as it is."""
    url = empty()
    migrations.upgrade(url)
    before = shape(url)
    migrations.upgrade(url)

    assert shape(url) == before


@pytest.mark.slow
def test_processes_that_start_together_migrate_once(empty: Callable[[], str]):
    """Whoever comes second waits for the first and finds nothing left to do."""
    url = empty()
    program = "import sys, migrations; migrations.upgrade(sys.argv[1])"
    started = [subprocess.Popen([sys.executable, "-c", program, url], cwd=ROOT) for _ in range(3)]
    codes = [process.wait(180) for process in started]

    assert codes == [0, 0, 0]
    assert migrations.up_to_date(url)


def test_every_constraint_has_a_name():
    """A migration can speak of every constraint on any database."""
    nameless = [
        str(constraint)
        for table in Table.metadata.tables.values()
        for constraint in table.constraints
        if not constraint.name
    ]

    assert nameless == []


@pytest.mark.parametrize("points", ["0", "10", "2.5", "0.333333", "100"])
def test_points_are_exact(town: Town, points: str):
    """Points come back as they went in, and plain: 10, not 1E+1."""
    with town.database.write() as db:
        platform = Platform(
            id=new_id(), issuer="i", client_id="c", token_url="https://t.example", key_file="k", key_id="k"
        )
        db.add(platform)
        db.flush()
        db.add(LineItem(id="x", platform_id=platform.id, url="u", label="l", score_maximum=Decimal(points)))
    with town.database.read() as db:
        kept = db.get_one(LineItem, "x").score_maximum

    assert str(kept) == points
    assert Points().process_bind_param(Decimal(points), None) == int(Decimal(points) * 1_000_000)


def test_naive_times_are_refused(town: Town):
    """A time without a zone is nobody's time."""
    with pytest.raises(StatementError, match="time zone"), town.database.write() as db:
        db.add(Course(slug="naive", title="Naive", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001
        db.flush()


def test_times_come_back_in_utc(town: Town):
    """What was written is read with its zone."""
    with town.database.read() as db:
        moment = db.scalars(select(Course)).first().created_at

    assert moment.tzinfo is UTC


def test_foreign_keys_hold(town: Town):
    """An enrollment of nobody is refused."""
    with pytest.raises(IntegrityError), town.database.write() as db:
        db.add(Enrollment(course_id=town.courses["ours"], user_id="nobody", role="student"))


def test_a_submission_has_one_current_run(town: Town):
    """Two current runs of one submission are refused by the database itself."""
    run = submit(town, "ann")
    with pytest.raises(IntegrityError), town.database.write() as db:
        db.add(Run(submission_id=run.submission_id, queue="cpu", device="cpu", seed=1))


def test_an_unknown_state_is_refused(town: Town):
    """The states of a run are a closed set."""
    run = submit(town, "ann")
    with pytest.raises(IntegrityError), town.database.write() as db:
        db.get_one(Run, run.id).state = "lost"


def test_a_write_that_raises_leaves_nothing(town: Town):
    """All or nothing."""
    with pytest.raises(RuntimeError), town.database.write() as db:
        db.add(Course(slug="half", title="Half"))
        db.flush()
        raise RuntimeError
    with town.database.read() as db:
        assert db.scalar(select(Course).where(Course.slug == "half")) is None


@pytest.mark.parametrize("backend", [SQLITE], indirect=True)
def test_sqlite_is_durable_and_lets_many_read(durable: None, town: Town):
    """WAL, full synchronisation, foreign keys, and waiting instead of failing."""
    with town.database.read() as db:
        told = {name: db.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")}

    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_ids_sort_by_the_time_they_were_made():
    """A thousand ids made in a row are in order and all different."""
    ids = [new_id() for _ in range(1000)]

    assert ids == sorted(set(ids))
    assert all(one[14] == "7" and one[19] in "89ab" for one in ids)


def test_attempts_count_from_one_without_gaps(town: Town):
    """Each student's attempts are numbered on their own."""
    for login in ("ann", "ben", "ann", "ann"):
        submit(town, login)
    with town.database.read() as db:
        attempts = db.execute(select(SubmissionRow.user_id, SubmissionRow.attempt).order_by(SubmissionRow.id)).all()

    assert [attempt for _, attempt in attempts] == [1, 1, 2, 3]


def test_the_database_is_made_where_it_should_be(tmp_path: Path):
    """The state directory appears when it is first needed."""
    migrations.upgrade(f"sqlite:///{tmp_path}/deep/er/chainrule.db")
    database = Database(f"sqlite:///{tmp_path}/deep/er/chainrule.db")
    database.ping()
    database.close()

    assert (tmp_path / "deep/er/chainrule.db").is_file()
