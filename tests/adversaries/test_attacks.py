"""Every attack of this folder: nothing gained, nothing out, nobody harmed, nothing left."""

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grading.domain.report import GradedRun
from grading.domain.verdict import Tier
from tests.adversaries.arena import Arena
from tests.adversaries.attack import Attack, attacks, submission

pytestmark = [pytest.mark.box, pytest.mark.timeout(120)]

GONE_S = 2.0
# Graded beside one neighbour, and how many of them at the same time.
TOGETHER, AT_ONCE = 4, 2
SEED = 5_813_907_215_544_186_233
ALL = attacks()


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    """One warm judge for all attacks."""
    made = Arena(tmp_path_factory.mktemp("arena"))
    yield made
    made.close()


def kinds(report: dict[str, Any]) -> set[str]:
    """What staff are told to look at."""
    return {note["kind"] for note in report["integrity"]}


@dataclass(frozen=True)
class Tried:
    """What became of an attack, and of whom it was graded together with.

    Attributes:
        together: names of the attacks that were graded beside the same neighbour.
        undisturbed: the neighbour's report.
        left: processes that outlived all of them.
    """

    reply: GradedRun
    took: float
    together: tuple[str, ...]
    undisturbed: dict[str, Any]
    left: list[str]
    traces: list[str]


@pytest.fixture(scope="module")
def tried(arena: Arena, request: pytest.FixtureRequest) -> Callable[[Attack], Tried]:
    """Grades a few attacks at a time, and the honest neighbour beside them, when the first of them is asked for."""
    chosen = [item.callspec.params["attack"] for item in request.session.items if takes_an_attack(item)]
    # Those that use up their deadlines wait more than they compute.
    ordered = sorted(chosen, key=lambda attack: attack.hasty)
    groups = [ordered[at : at + TOGETHER] for at in range(0, len(ordered), TOGETHER)]
    known: dict[str, Tried] = {}

    def grade(attack: Attack) -> tuple[GradedRun, float]:
        began = time.monotonic()
        return arena.grade(submission(attack), seed=SEED, hasty=attack.hasty), time.monotonic() - began

    def of(attack: Attack) -> Tried:
        if attack.name not in known:
            [group] = [group for group in groups if attack in group]
            with ThreadPoolExecutor(1 + AT_ONCE) as pool, ThreadPoolExecutor(AT_ONCE) as attackers:
                neighbour = pool.submit(arena.neighbour)
                graded = list(attackers.map(grade, group))
                undisturbed = neighbour.result()
            left, traces = arena.left_after(GONE_S), arena.traces()
            names = tuple(one.name for one in group)
            for name, (reply, took) in zip(names, graded, strict=True):
                known[name] = Tried(reply, took, names, undisturbed, left, traces)
        return known[attack.name]

    return of


def takes_an_attack(item: pytest.Item) -> bool:
    """Whether it is a case of the test below."""
    return isinstance(item, pytest.Function) and item.originalname == "test_an_attack_gains_nothing_and_harms_nobody"


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.name)
def test_an_attack_gains_nothing_and_harms_nobody(
    arena: Arena, tried: Callable[[Attack], Tried], attack: Attack
) -> None:
    """At most the honest score, no secret, no way out, an unharmed neighbour, an empty box, and a note for staff."""
    seen = tried(attack)
    report = seen.reply.report.to_json()
    told = json.dumps({key: value for key, value in report.items() if key != "run"}, ensure_ascii=False)

    assert report["score"] <= attack.honest, report["criteria"]
    assert report["final"], report["criteria"]
    assert arena.leaked(seen.reply) == []
    assert str(SEED) not in told
    assert re.findall(r"ESCAPED: [^\"]{,200}", told) == []
    assert seen.undisturbed == arena.undisturbed, seen.together
    assert seen.left == [], seen.together
    assert seen.traces == [], seen.together
    if arena.judge.tier is Tier.FULL:
        assert set(attack.seen) <= kinds(report), report["integrity"]
    else:
        # Where sockets are refused from the start, what such an attack would do next is never tried; some of it is seen.
        assert kinds(report) or not attack.seen
    # Deadlines of the hasty target: 3 s for the file. The rest is room for a busy machine.
    assert not attack.hasty or seen.took < 20


def test_two_attackers_cannot_leave_each_other_messages(arena: Arena) -> None:
    """Graded at the same time and one after the other, neither finds what the other wrote."""
    [attack] = [one for one in ALL if one.name == "leaves_messages"]
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda seed: arena.grade(submission(attack), seed=seed).report.to_json(), range(4)))

    assert [re.findall('ESCAPED[^"]{,100}', json.dumps(report)) for report in reports] == [[]] * 4


def test_what_an_attack_finds_is_seen(arena: Arena) -> None:
    """The runner has eyes: a secret that a program knows comes out by an exception's text, and is noticed."""
    secret = arena.canaries.planted["the database"]
    attack = Attack(
        "control", f"def attack(asked, *given):\n    tell({secret!r})\n    escaped('as it should')", ("D56",)
    )
    reply = arena.grade(submission(attack), seed=1)

    assert arena.leaked(reply) == ["the database"]


def test_a_box_that_lives_is_seen(arena: Arena) -> None:
    """The runner has eyes: while a program runs, its process is counted; afterwards it is not."""
    attack = Attack("control", "import time\ndef attack(asked, *given):\n    time.sleep(0.3)", ("F71",))
    with ThreadPoolExecutor(1) as beside:
        grading = beside.submit(arena.grade, submission(attack), seed=1, hasty=True)
        seen = False
        while not grading.done():
            seen = seen or bool(arena.left_after(0.0))
            time.sleep(0.05)

    assert seen
    assert arena.left_after(GONE_S) == []


def test_the_secrets_are_where_the_attacks_look(arena: Arena) -> None:
    """The planted secrets are real: the judge's own environment holds one, the files around it the others."""
    environment = Path(f"/proc/{arena.judge.pid}/environ").read_text(encoding="utf-8", errors="replace")

    assert arena.canaries.among(environment) == ["the environment of the judge"]
    assert len(arena.canaries.planted) >= 18
    for word in ("database", "broker", "token", "rubric", "reference", "environment", "pipe", "submission", "session"):
        assert [place for place in arena.canaries.planted if word in place], word
