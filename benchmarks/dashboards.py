"""`python -m benchmarks dashboards`: what instructors' pages and the results API ask, beside 10⁶ stored results.

A scratch database is filled by statements that make whole sets of rows: 25 assignments, each of a class of 1,000 with
four attempts and ten criteria. Half of the classes belong to the instructor who asks. The reports of one assignment are
as long as real ones, and that is the one that is looked at.
"""

import gc
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

import migrations
from benchmarks.table import Row, milliseconds, seconds_of
from grading.domain.description import Description, MistakeSummary
from grading.domain.verdict import RunState
from grading.store import access, descriptions
from grading.store.access import Caller
from grading.store.credentials import caller_by_token, issue_token
from grading.store.database import Database
from grading.store.descriptions import Descriptions
from grading.store.queries import dashboard, queue, results
from grading.store.queries.grades import grades_of
from testing.servers import NotInstalledError, PostgreSQL

OFFERINGS: Final = 25
STUDENTS: Final = 1000
ATTEMPTS: Final = 4
CRITERIA: Final = 10
MISTAKES: Final = 7
REPEATS: Final = 40
GOAL_S: Final = 0.150
REPORT_BYTES: Final = 20_000
MOMENT: Final = "'2026-11-01 12:00:00.000000'"
FILL: Final = Path(__file__).with_name("million_results.sql")

Question = Callable[[Session, Caller], object]


def fill(database: Database) -> str:
    """Fill it; a token of the instructor."""
    words = random.Random(1)  # noqa: S311  # reports need no secrets, only to compress as text does
    told = [{"question": f"{words.random()}", "message": "the gradient has the wrong sign " * 3} for _ in range(160)]
    body = json.dumps({"criteria": told})[:REPORT_BYTES]
    values = {"long": json.dumps(body), "short": json.dumps({"criteria": []})}
    known = {"offerings": OFFERINGS, "students": STUDENTS, "attempts": ATTEMPTS, "criteria": CRITERIA}
    script = "\n".join(line for line in FILL.read_text(encoding="utf-8").splitlines() if not line.startswith("--"))
    for name, number in known.items():
        script = script.replace(f":{name}", str(number))
    script = script.replace(":moment", MOMENT)
    if not database.is_sqlite:
        for name in values:
            script = script.replace(f":{name}", f"CAST(:{name} AS json)")
    mistakes = {f"mistake-{n}": MistakeSummary(f"What mistake {n} says.") for n in range(MISTAKES)}
    with database.write() as db:
        descriptions.keep(db, Description("small", "v", (), mistakes))
        db.execute(text("CREATE TABLE numbers (i INTEGER PRIMARY KEY)"))
        for statement in filter(str.strip, script.split(";")):
            db.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
        db.execute(text("DROP TABLE numbers"))
        token = issue_token(db, scopes=access.INSTRUCTOR_SCOPES, user_id="teacher")
        if not database.is_sqlite:  # which has nobody who would do this by and by
            db.execute(text("ANALYZE"))
    return token


def questions(slug: str, second: str | None) -> Mapping[str, Question]:
    """What is asked, by the page that asks it.

    Args:
        slug: of the assignment.
        second: the cursor of the second page by score.
    """
    known = Descriptions()

    def deep(db: Session, caller: Caller) -> object:
        return results.results_of(db, caller, slug, cursor=second, sort="score", descending=True, limit=50)

    def in_words(db: Session, caller: Caller) -> object:
        shares = dashboard.mistakes_of(db, caller, slug)
        return [dashboard.words_of(db, known, "small", share, "v") for share in shares]

    return {
        "results, first page": lambda db, caller: results.results_of(db, caller, slug, limit=50),
        "results by score, second page": deep,
        "results, one criterion": lambda db, caller: results.results_of(db, caller, slug, criterion="criterion-3"),
        "results, one mistake": lambda db, caller: results.results_of(db, caller, slug, mistake="mistake-3"),
        "results, part of a name": lambda db, caller: results.results_of(db, caller, slug, text="dent 77"),
        "results, failed": lambda db, caller: results.results_of(db, caller, slug, state=RunState.FAILED),
        "summary": lambda db, caller: dashboard.summary_of(db, caller, slug),
        "scores": lambda db, caller: dashboard.scores_of(db, caller, slug),
        "criteria": lambda db, caller: dashboard.criteria_of(db, caller, slug),
        "mistakes, in words": in_words,
        "grades": lambda db, caller: grades_of(db, caller, slug),
        "needs attention": dashboard.attention_of,
        "queues": lambda db, _caller: queue.queue_state(db),
    }


def p95(values: list[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=20)[-1]


def measure(name: str, database: Database) -> Iterator[Row]:
    """Fill the database, then ask each question many times, in turn."""
    began = time.perf_counter()
    token = fill(database)
    filled = time.perf_counter() - began
    with database.read() as db:
        caller = caller_by_token(db, token)
        if caller is None:
            raise RuntimeError("the instructor's token is not taken")
        page = results.results_of(db, caller, "a0", sort="score", descending=True, limit=50)
    asked = questions("a0", page.next_cursor)
    gc.collect()
    gc.freeze()  # as `chainrule serve` does
    taken: dict[str, list[float]] = {what: [] for what in asked}
    for _ in range(REPEATS):
        for what, question in asked.items():
            with database.read() as db:
                taken[what].append(seconds_of(lambda question=question, db=db: question(db, caller)))  # type: ignore[misc]
    worst = max(asked, key=lambda what: p95(taken[what]))
    results_kept = OFFERINGS * STUDENTS * ATTEMPTS * CRITERIA
    for what in asked:
        yield Row(
            f"dashboard, {name}: {what}",
            milliseconds(p95(taken[what])),
            f"goal {milliseconds(GOAL_S)}" * (what == worst),
            f"p95 of {REPEATS}; median {milliseconds(statistics.median(taken[what]))}, "
            f"least {milliseconds(min(taken[what]))}",
        )
    yield Row(f"dashboard, {name}: filled", f"{filled:.0f} s", "", f"{results_kept:,} criterion results")


def rows() -> Iterator[Row]:
    """Both databases."""
    with tempfile.TemporaryDirectory(prefix="chainrule-dashboards-") as folder:
        url = f"sqlite:///{Path(folder) / 'chainrule.db'}"
        migrations.upgrade(url)
        database = Database(url)
        yield from measure("SQLite", database)
        database.close()
    try:
        cluster = PostgreSQL(synced=False)
    except NotInstalledError as error:
        yield Row("dashboard, PostgreSQL", "not measured", "", f"needs the programs {error}")
        return
    try:
        migrations.upgrade(cluster.url)
        database = Database(cluster.url)
        yield from measure("PostgreSQL", database)
        database.close()
    finally:
        cluster.remove()
