"""The judge's client and server together, with a grader that does as the submission tells it."""

import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from grading.domain.description import Description
from grading.domain.errors import HouseFault, NotASubmission, RubricFault, TooLarge
from grading.domain.report import GradedRun
from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Tier
from grading.judge.client import ROOT, Judge
from grading.judge.config import JudgeConfig

FAKE = ("-m", "tests.judge.fake_server")
WITH_ONE_RUN = 3  # the server, the child that judges, the spare


def told(order: str) -> Submission:
    """A submission that gives the fake grader its order."""
    return Submission((SubmittedFile("order.py", order.encode()), SubmittedFile("empty.py", b"")))


def processes_of(session: int) -> list[int]:
    """Process ids of a session that are alive."""
    alive = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                alive.append(int(entry.name))
    return alive


def wait_until_gone(session: int, seconds: float = 5.0) -> None:
    """Wait for the last process of a session, but not for ever."""
    end = time.monotonic() + seconds
    while processes_of(session) and time.monotonic() < end:
        time.sleep(0.02)


def wait_until_dead(pid: int, seconds: float = 5.0) -> None:
    """Wait until a killed process has let go of its sockets: a signal takes effect after `kill` returned."""
    end = time.monotonic() + seconds
    stat = Path(f"/proc/{pid}/stat")
    with contextlib.suppress(OSError):
        while stat.read_text().rpartition(")")[2].split()[0] != "Z" and time.monotonic() < end:
            time.sleep(0.005)


def facts(graded: GradedRun) -> dict[str, Any]:
    """What the fake told in its report's note."""
    return json.loads(graded.report.notes[0])


@pytest.fixture
def judge():
    """A judge whose grader obeys."""
    with Judge.start(JudgeConfig(deadline_s=20.0), FAKE) as judge:
        yield judge


def test_a_run_comes_back_with_report_and_figures(judge):
    """What the grader found arrives whole, and was found in a process of its own."""
    graded = judge.grade(told("nothing"), "nets-hw1", seed=7)

    assert graded.report.assignment_slug == "nets-hw1"
    assert graded.report.run.seed == 7
    assert graded.report.run.device == "cpu"
    assert facts(graded)["pid"] not in {judge.pid, os.getpid()}
    assert len(graded.figures["ab"]) == 3_000_004


@pytest.mark.parametrize(("order", "wanted"), [("gpu", True), ("nothing", False)])
def test_a_judge_tells_who_wants_a_gpu(judge, order: str, wanted: bool):
    """Without grading it."""
    assert judge.wants_gpu(told(order), "nets-hw1") is wanted


def test_a_judge_describes_a_rubric(judge):
    """Without grading anything; a rubric that is broken is its author's."""
    assert judge.describe("nets-hw1") == Description("nets-hw1", "sha256:fake", ())
    with pytest.raises(RubricFault, match="adds up to 3"):
        judge.describe("broken")


def test_a_submission_that_cannot_be_told_from_others_is_refused_as_in_grading(judge):
    """The fault is the one that grading would meet."""
    with pytest.raises(NotASubmission, match="is a picture"):
        judge.wants_gpu(told("fault no-submission"), "nets-hw1")


def test_a_default_timeout_of_the_client_does_not_reach_the_judge():
    """Celery's transports set one for the whole process, from any thread; a large report still arrives whole."""
    socket.setdefaulttimeout(30.0)
    try:
        with Judge.start(JudgeConfig(deadline_s=20.0), FAKE) as judge:
            graded = judge.grade(told("nothing"), "nets-hw1", seed=7)
    finally:
        socket.setdefaulttimeout(None)

    assert len(graded.figures["ab"]) == 3_000_004


def test_readiness_is_told(judge):
    """The tier, the layers and the remarks cross from the server."""
    assert judge.tier is Tier.FULL
    assert [layer.name for layer in judge.layers] == ["namespaces"]
    assert judge.readiness.remarks == ("fake",)


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ("fault rubric", RubricFault),
        ("fault house", HouseFault),
        ("fault no-submission", NotASubmission),
        ("fault too-large", TooLarge),
        ("fault unforeseen", HouseFault),
        ("exit", HouseFault),
        ("kill-judge", HouseFault),
    ],
)
def test_faults_keep_their_kind(judge, order, kind):
    """Whose fault it was survives the crossing; a judge that just ends is ours; the next run is not harmed."""
    with pytest.raises(kind) as caught:
        judge.grade(told(order), "nets-hw1", seed=1)

    assert type(caught.value) is kind
    assert judge.grade(told("nothing"), "nets-hw1", seed=1).report.run.seed == 1


def test_a_refused_submission_keeps_code_and_file(judge):
    """The code and the file's name reach the caller."""
    with pytest.raises(NotASubmission) as caught:
        judge.grade(told("fault no-submission"), "nets-hw1", seed=1)

    assert (caught.value.code, caught.value.file, caught.value.message) == ("not-a-notebook", "a.ipynb", "is a picture")


def test_what_json_cannot_carry_is_spelled_out(judge):
    """Undefined numbers and lone surrogates in a report do not keep it from being stored."""
    [row] = judge.grade(told("odd-values"), "nets-hw1", seed=1).report.criteria

    assert row.findings[0].evidence == {"nan": "nan", "surrogate": "a?b", "deep": [{"inf": "inf"}]}


def test_the_judge_inherits_no_secret(monkeypatch):
    """The server's environment is built from nothing: what is not named does not cross."""
    monkeypatch.setenv("CHAINRULE_DATABASE_URL", "sqlite:///secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with Judge.start(JudgeConfig(), FAKE) as judge:
        environment = facts(judge.grade(told("environment"), "nets-hw1", seed=1))["environment"]
        at_exec = Path(f"/proc/{judge.pid}/environ").read_text()

    assert "secret" not in " ".join(environment.values())
    assert "secret" not in at_exec
    assert environment["OMP_NUM_THREADS"] == "1"


def test_what_a_course_wrote_reaches_neither_database_nor_broker_nor_network(tmp_path):
    """A judge child can make no socket; the service's state and processes are closed to it, its weights are not."""
    state = tmp_path / "state"
    (state / "standins").mkdir(parents=True)
    database, weights, broker = state / "chainrule.db", state / "standins" / "resnet18.pth", state / "broker.sock"
    database.write_text("grades")
    weights.write_text("weights")
    with socket.socket() as listener, socket.socket(socket.AF_UNIX) as local:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        local.bind(str(broker))
        local.listen()
        order = f"reach /{listener.getsockname()[1]} {broker} {database} {weights}"
        with Judge.start(JudgeConfig(hidden=(state,), standin_dir=state / "standins"), FAKE) as judge:
            found = facts(judge.grade(told(order), "nets-hw1", seed=1))["reached"]

    assert found == ["checkpoints", "itself"]
    assert database.read_text() == "grades"


def test_runs_go_side_by_side(judge, tmp_path):
    """Eight runs that each wait for the other seven all come back."""
    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(judge.grade, told(f"meet 8 {tmp_path}"), "nets-hw1", seed=seed) for seed in range(8)]
        seeds = [run.result().report.run.seed for run in runs]

    assert seeds == list(range(8))


def test_a_dead_server_is_started_again(judge):
    """The run that was with the server is a house fault; the next one is graded by a new server."""
    first = judge.pid
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(judge.grade, told("sleep 60"), "nets-hw1", seed=1)
        while len(processes_of(first)) < WITH_ONE_RUN:
            time.sleep(0.02)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(HouseFault):
            running.result()

    assert judge.grade(told("nothing"), "nets-hw1", seed=2).report.run.seed == 2
    assert judge.pid != first


def test_a_child_from_before_a_mending_is_not_used(tmp_path):
    """Whatever the server started again, the next run's judge knows of it."""
    wish = tmp_path / "wish"
    with Judge.start(JudgeConfig(data_dir=wish), FAKE) as judge:
        before = facts(judge.grade(told("nothing"), "nets-hw1", seed=1))["mended"]
        wish.touch()
        after = facts(judge.grade(told("nothing"), "nets-hw1", seed=1))["mended"]

    assert (before, after) == (0, 1)


def test_a_spare_that_died_is_replaced(judge):
    """The run goes to another child; nobody notices."""
    judge.grade(told("nothing"), "nets-hw1", seed=1)
    for pid in processes_of(judge.pid):
        if pid != judge.pid:
            os.kill(pid, signal.SIGKILL)
            wait_until_dead(pid)

    assert judge.grade(told("nothing"), "nets-hw1", seed=2).report.run.seed == 2


def test_killing_the_server_ends_its_children(judge):
    """A judge child does not outlive its server."""
    session = judge.pid
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(judge.grade, told("sleep 60"), "nets-hw1", seed=1)
        while len(processes_of(session)) < WITH_ONE_RUN:
            time.sleep(0.02)
        os.kill(session, signal.SIGKILL)
        wait_until_gone(session)

        assert processes_of(session) == []
        assert isinstance(run.exception(), HouseFault)


def test_closing_ends_everything():
    """After close there is no process left, and grading says so."""
    judge = Judge.start(JudgeConfig(), FAKE)
    session = judge.pid
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(judge.grade, told("sleep 60"), "nets-hw1", seed=1)
        while len(processes_of(session)) < WITH_ONE_RUN:
            time.sleep(0.02)
        judge.close()

        assert isinstance(run.exception(), HouseFault)
    assert processes_of(session) == []
    with pytest.raises(HouseFault, match="closed"):
        judge.grade(told("nothing"), "nets-hw1", seed=1)


def test_a_client_that_is_killed_leaves_nothing():
    """The server and its children end with the process that started them, even by SIGKILL."""
    program = (
        "from concurrent.futures import ThreadPoolExecutor; from tests.judge.test_client import *\n"
        "judge = Judge.start(JudgeConfig(), FAKE); pool = ThreadPoolExecutor(1)\n"
        "pool.submit(judge.grade, told('sleep 60'), 'nets-hw1', seed=1)\n"
        "print(judge.pid, flush=True); time.sleep(60)"
    )
    client = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with client:
        session = int(client.stdout.readline())
        while len(processes_of(session)) < WITH_ONE_RUN:
            time.sleep(0.02)
        client.kill()
    wait_until_gone(session)

    assert processes_of(session) == []


def test_a_run_past_its_deadline_is_ended():
    """The deadline holds whatever the judge is stuck in, and the caller hears of it."""
    with Judge.start(JudgeConfig(deadline_s=0.3), FAKE) as judge:
        begin = time.monotonic()
        with pytest.raises(HouseFault):
            judge.grade(told("sleep 60"), "nets-hw1", seed=1)

    assert time.monotonic() - begin < 5.0


def test_a_judge_that_cannot_start_says_why():
    """The server's own reason reaches the operator."""
    with pytest.raises(HouseFault, match="asked to refuse"):
        Judge.start(JudgeConfig(assignment_dirs=(Path(),)), FAKE)


def test_a_judge_that_dies_at_once_is_told():
    """A server that never gets ready is a house fault, not a hang."""
    with pytest.raises(HouseFault, match="ended while starting"):
        Judge.start(JudgeConfig(), ("-c", "pass"))


def wait_for_the_spare(judge: Judge, seconds: float = 10.0) -> None:
    """Wait until nobody is left but the server and the child that waits for the next run."""
    end = time.monotonic() + seconds
    while len(processes_of(judge.pid)) != WITH_ONE_RUN - 1 and time.monotonic() < end:
        time.sleep(0.01)


def descriptors_of(*pids: int) -> list[int]:
    """How many descriptors each process has open."""
    return [len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids]


@pytest.mark.slow
def test_many_runs_leave_no_descriptor_behind(judge):
    """Neither side keeps a socket for a run that is over."""
    judge.grade(told("nothing"), "nets-hw1", seed=1)
    wait_for_the_spare(judge)
    gc.collect()
    theirs, ours = descriptors_of(judge.pid, os.getpid())
    for seed in range(30):
        judge.grade(told("nothing"), "nets-hw1", seed=seed)
    end = time.monotonic() + 10.0
    while descriptors_of(judge.pid)[0] > theirs and time.monotonic() < end:
        time.sleep(0.02)

    assert descriptors_of(judge.pid)[0] <= theirs
    assert descriptors_of(os.getpid())[0] <= ours
