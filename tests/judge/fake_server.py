"""A judge server whose grader does what the submission's first file tells it to. No torch."""

import json
import os
import signal
import socket
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from grading.domain.description import Description
from grading.domain.errors import HouseFault, NotASubmission, RubricFault, TooLarge
from grading.domain.report import CriterionResult, Finding, GradedRun, Report, RunFacts
from grading.domain.verdict import Status, Tier
from grading.judge.config import JudgeConfig, LayerFact, Readiness
from grading.judge.frames import Frame
from grading.judge.messages import (
    DescribeRequest,
    Request,
    description_frame,
    graded_frame,
    request_in,
    triage_frame,
)
from grading.judge.server import main


def reached(places: list[Path]) -> list[str]:
    """Which of the ways to database, broker and network are open to what a course wrote."""

    def dial(family: int, address: object) -> None:
        with socket.socket(family) as one:
            one.connect(address)

    service = os.getppid()
    tries = {
        "network": lambda: dial(socket.AF_INET, ("127.0.0.1", int(places[0].name))),
        "newer network": lambda: dial(socket.AF_INET6, ("::1", int(places[0].name))),
        "socket file": lambda: dial(socket.AF_UNIX, str(places[1])),
        "state": places[2].read_bytes,
        "state, written": lambda: places[2].with_suffix(".new").write_bytes(b"x"),
        "credentials": Path(f"/proc/{service}/environ").read_bytes,
        "memory": lambda: Path(f"/proc/{service}/mem").open("rb").close(),
        "service": lambda: os.kill(service, signal.SIGCONT),
        "checkpoints": places[3].read_bytes,
        "itself": Path(__file__).read_bytes,
    }
    found = []
    for name, attempt in tries.items():
        try:
            attempt()
        except OSError:
            continue
        found.append(name)
    return found


def telling(facts: dict[str, object]) -> GradedRun:
    """A run whose report tells facts in its note."""
    run = RunFacts(1, "cpu", Tier.FULL, "fake", "2026-11-20T12:00:00Z", 0.0, {})
    return GradedRun(Report("fake", "", "", (), run, (), notes=(json.dumps(facts),)), {})


class FakeGrader:
    """Obeys the submission."""

    readiness = Readiness(Tier.FULL, (LayerFact("namespaces", True, "own"),), remarks=("fake",))

    def __init__(self, config: JudgeConfig) -> None:
        self.config = config
        self.mended = 0

    def answer(self, frame: Frame) -> Frame:
        """As the grader in service."""
        request = request_in(frame)
        if isinstance(request, DescribeRequest):
            return description_frame(self.describe(request.slug))
        if request.triage:
            return triage_frame(wants_gpu=self.wants_gpu(request))
        return graded_frame(self.grade(request))

    def wants_gpu(self, request: Request) -> bool:
        """Do as told."""
        match request.submission.files[0].content.decode().split():
            case ["fault", "no-submission"]:
                raise NotASubmission("not-a-notebook", "is a picture", file="a.ipynb")
            case order:
                return order == ["gpu"]

    def describe(self, slug: str) -> Description:
        """Of an assignment without rows; of one that is called broken, a fault."""
        if slug == "broken":
            raise RubricFault("the row adds up to 3")
        return Description(slug, "sha256:fake", ())

    def grade(self, request: Request) -> GradedRun:  # noqa: C901, PLR0912 - a list of orders
        """Do as told."""
        match request.submission.files[0].content.decode().split():
            case ["kill-judge"]:
                os.kill(os.getpid(), signal.SIGKILL)
            case ["reach", *places]:
                return telling({"reached": reached([Path(place) for place in places])})
            case ["exit"]:
                os._exit(0)
            case ["sleep", seconds]:
                time.sleep(float(seconds))
            case ["meet", count, place]:
                Path(place, str(request.seed)).touch()
                while len(list(Path(place).iterdir())) < int(count):
                    time.sleep(0.01)
            case ["fault", "rubric"]:
                raise RubricFault("the row adds up to 3")
            case ["fault", "house"]:
                raise HouseFault("no disk")
            case ["fault", "no-submission"]:
                raise NotASubmission("not-a-notebook", "is a picture", file="a.ipynb")
            case ["fault", "too-large"]:
                raise TooLarge("too-large", "is large")
            case ["fault", "unforeseen"]:
                raise ZeroDivisionError
            case ["environment"]:
                return telling({"environment": dict(os.environ)})
            case ["odd-values"]:
                odd = {"nan": float("nan"), "surrogate": "a\udc80b", "deep": [{"inf": float("inf")}]}
                finding = Finding("odd", passed=True, evidence=odd)
                row = CriterionResult("odd", "Odd", "", Decimal(1), Decimal(1), Status.PASSED, (finding,))
                return GradedRun(replace(telling({}).report, criteria=(row,)), {})
            case ["touch", path]:
                time.sleep(1.0)
                Path(path).touch()
        made = telling({"pid": os.getpid(), "mended": self.mended}).report
        facts = replace(made.run, seed=request.seed, device=request.device)
        return GradedRun(replace(made, assignment_slug=request.slug, run=facts), {"ab": b"\x89PNG" + bytes(3_000_000)})

    def mend(self) -> bool:
        """Nothing to mend, unless the test has laid down a wish; then once, so that the spare is out of date."""
        wish = self.config.data_dir
        if wish is not None and wish.exists():
            wish.unlink()
            self.mended += 1
            return True
        return False

    def close(self) -> None:
        """Nothing to close."""


def start(config: JudgeConfig) -> FakeGrader:
    """The fake, or a refusal where the configuration asks for one."""
    if config.assignment_dirs:
        raise HouseFault("asked to refuse")
    return FakeGrader(config)


if __name__ == "__main__":
    main(start)
