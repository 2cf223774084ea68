"""`chainrule status` and `chainrule token create`."""

import json
import socket
from contextlib import contextmanager
from datetime import timedelta

import pytest

import migrations
from cli import operating
from grading.domain.errors import HouseFault
from grading.domain.verdict import Tier
from grading.judge.config import LayerFact, Readiness
from grading.store.credentials import caller_by_token
from grading.store.database import Database
from grading.store.settings import Settings
from grading.store.tables import User, WorkerRow, now


class ReadyJudge:
    """A judge that has only its first words."""

    readiness = Readiness(Tier.CONTAINED, (), remarks=("the weights are stand-ins",))
    tier = Tier.CONTAINED
    layers = (LayerFact("network namespace", False, "not permitted here"), LayerFact("seccomp", True, "61 rules"))


@pytest.fixture
def judged(course, monkeypatch):
    """A course, and a judge that starts at once."""

    @contextmanager
    def judge_for(_chosen):
        yield ReadyJudge()

    monkeypatch.setattr(operating, "judge_for", judge_for)


def test_status_tells_what_holds_and_what_is_there(run, judged):
    """Tier, layers, assignments and remarks are in the facts."""
    ended = run("status", "--json")
    facts = json.loads(ended.stdout)

    assert ended.exit_code == 0
    assert facts["tier"] == "contained"
    assert [layer["holds"] for layer in facts["layers"]] == [False, True]
    assert "nets-hw1" in [entry["slug"] for entry in facts["assignments"]]
    assert facts["remarks"] == ["the weights are stand-ins"]


def test_status_reads_well(run, judged):
    """A person sees the same."""
    ended = run("status")

    for words in ("Sandbox contained", "does not hold", "network namespace", "nets-hw1", "the weights are stand-ins"):
        assert words in ended.stdout


def test_status_where_nothing_can_be_graded(run, course, monkeypatch):
    """Exit code 3, with the reason."""

    @contextmanager
    def judge_for(_chosen):
        raise HouseFault("no namespaces here")
        yield

    monkeypatch.setattr(operating, "judge_for", judge_for)
    ended = run("status")

    assert ended.exit_code == 3
    assert "no namespaces here" in ended.stderr


@pytest.fixture
def database(course):
    """A database with one person."""
    chosen = Settings()
    migrations.upgrade(chosen.database)
    database = Database.open(chosen)
    with database.write() as db:
        db.add(User(login="emmy", name="Emmy Noether"))
    yield database
    database.close()


def test_a_token_works_once_printed(run, database):
    """What stands on standard output proves who one is, with the scopes that were asked for."""
    ended = run("token", "create", "--login", "emmy", "--scopes", "results:read", "--days", 3)
    with database.read() as db:
        caller = caller_by_token(db, ended.stdout.strip())

    assert ended.exit_code == 0
    assert (caller.login, caller.scopes) == ("emmy", {"results:read"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--login", "nobody"), "nobody"), (("--login", "emmy", "--scopes", "everything"), "unknown scopes")],
)
def test_no_token_for_the_unknown(run, database, arguments, said):
    """Unknown people and unknown scopes get an answer instead."""
    ended = run("token", "create", *arguments)

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert said in ended.stderr


@pytest.mark.parametrize(("here", "ago_s", "code"), [(True, 1, 0), (True, 3600, 3), (False, 1, 3)])
def test_a_worker_is_healthy_while_one_of_this_machine_gives_signs_of_life(run, database, here, ago_s, code):
    """One that fell silent, or another machine's, is none."""
    seen_at = now() - timedelta(seconds=ago_s)
    name = socket.gethostname() if here else "elsewhere"
    with database.write() as db:
        db.add(WorkerRow(owner=f"{name}#1", name=name, queues="cpu", lanes=1, started_at=seen_at, seen_at=seen_at))
    ended = run("health", "--worker")

    assert ended.exit_code == code
    assert ("sign of life" in ended.stderr) is bool(code)
