"""The grader in service: rubrics held warm, the sandbox beside them, the pipeline called."""

import os
import random
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from grading.assignments import describe
from grading.assignments.standins import CheckpointStore, checkpoint_store
from grading.domain.assignment import Assignment
from grading.domain.description import Description
from grading.domain.errors import ChainruleError, HouseFault
from grading.domain.report import GradedRun
from grading.domain.submission import Submission, SubmittedFile
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
from grading.judge.rubrics import Held, Shelf
from grading.judge.seclusion import secluded
from grading.sandbox import Sandbox, SandboxConfig, gpus

if TYPE_CHECKING:
    from grading.authoring.stores import Stores
    from grading.evaluation.boxes import OpensBoxes

WARM_SEED = 0
WARM_S = 3.0
"""Samples with a larger budget are left cold."""

LOADING_WORDS = (b"torchvision", b"torch.hub", b"load_state_dict", b"torch.load")


class RubricGrader:
    """Grades by rubric, in boxes of one sandbox.

    Args:
        shelf: the rubrics.
        sandbox: where students' programs run.
        stores: the data sets and pretrained weights that programs and references read.
        stood_in: one sentence for each checkpoint that is a stand-in.
    """

    def __init__(self, shelf: Shelf, sandbox: Sandbox, stores: "Stores", stood_in: tuple[str, ...]) -> None:
        self.shelf = shelf
        self.sandbox = sandbox
        self._stores = stores
        self._stood_in = stood_in
        layers = tuple(LayerFact(layer.name, layer.holds, layer.detail) for layer in sandbox.layers)
        faults = tuple(str(fault) for fault in shelf.faults)
        self.readiness = Readiness(sandbox.tier, layers, faults, stood_in)

    @classmethod
    def start(cls, config: JudgeConfig, read: "Callable[[JudgeConfig], Shelf] | None" = None) -> "RubricGrader":
        """Import everything, start the sandbox, and, where asked, grade once to warm up.

        Args:
            config: where everything lies.
            read: gives the rubrics; None: all that the service offers.

        Raises:
            RubricFault: `read` says that the author must act.
            HouseFault: the sandbox does not start, or the weights cannot be written.
        """
        checkpoints = _checkpoints(config)
        # Torch is imported here and, at the same time, by the guest in a process of its own. This thread is over before
        # the first fork: a child of a process with threads would inherit their locks.
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(_read, config, read or every_rubric)
            sandbox = Sandbox.start(
                SandboxConfig(
                    data_dir=config.data_dir,
                    checkpoint_dir=checkpoints.folder,
                    hidden=(*config.hidden, *config.assignment_dirs),
                    allow_none=config.allow_no_sandbox,
                    granted=gpus.nodes(config.gpu),
                    environment=gpus.environment(config.gpu, config.gpu_slots),
                )
            )
        try:
            shelf = reading.result()
        except BaseException:
            sandbox.close()
            raise
        import torch

        from grading.authoring.stores import Stores

        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
        stores = Stores(data=config.data_dir, checkpoints=checkpoints.folder)
        grader = cls(shelf, sandbox, stores, checkpoints.stood_in)
        if config.warm:
            _apart(grader.warm_up, config)
        return grader

    def answer(self, frame: Frame) -> Frame:
        """Grade one run, say whether it needs a GPU, or describe a rubric.

        Raises:
            NotASubmission, RubricFault, HouseFault: there is no answer; see `Judge.grade`.
        """
        request = request_in(frame)
        if isinstance(request, DescribeRequest):
            return description_frame(self.describe(request.slug))
        if request.triage:
            return triage_frame(wants_gpu=self.wants_gpu(request))
        return graded_frame(self.grade(request))

    def grade(self, request: Request) -> GradedRun:
        """Grade one run.

        Raises:
            NotASubmission, RubricFault, HouseFault: there is no report; see `Judge.grade`.
        """
        return self.graded(self.shelf.take(request.slug), request.submission, seed=request.seed, device=request.device)

    def graded(
        self,
        held: Held,
        submission: Submission,
        *,
        seed: int,
        device: str = "cpu",
        sandbox: "OpensBoxes | None" = None,
    ) -> GradedRun:
        """Grade one submission by one rubric.

        Args:
            held: the rubric, with its assignment.
            submission: the files.
            seed: decides the inputs that are drawn.
            device: "cpu" or "cuda".
            sandbox: opens the boxes; None: the grader's own does.

        Raises:
            NotASubmission, RubricFault, HouseFault: there is no report; see `Judge.grade`.
        """
        from grading import pipeline

        _settle(seed)
        return pipeline.grade(
            submission,
            held.assignment,
            held.rubric,
            seed=seed,
            device=device,
            sandbox=sandbox or self.sandbox,
            stores=self._stores,
            notes=self._stood_in if held.assignment.checkpoints and _may_load_weights(submission) else (),
        )

    def wants_gpu(self, request: Request) -> bool:
        """Whether grading the run on a GPU would run anything there.

        Raises:
            NotASubmission, RubricFault: as `grade`.
        """
        from grading import pipeline

        held = self.shelf.take(request.slug)
        return pipeline.wants_gpu(request.submission, held.assignment, held.rubric)

    def describe(self, slug: str) -> Description:
        """What the rubric says of itself.

        Raises:
            RubricFault: there is no such assignment, or it is broken.
        """
        held = self.shelf.take(slug)
        return describe(held.assignment, held.rubric)

    def mend(self) -> bool:
        """Start the guest again where it died; whether it had.

        Raises:
            HouseFault: it does not start.
        """
        before = self.sandbox.pid
        self.sandbox.ensure()
        return self.sandbox.pid != before

    def close(self) -> None:
        """End the guest, and every box with it."""
        self.sandbox.close()

    def warm_up(self) -> None:
        """Grade what is graded quickly of each assignment's right sample, so that no student waits for late imports.

        What goes wrong here goes to the log: it would go wrong for students too, and they are told in a report.
        """
        _import_late()
        for held in self.shelf:
            if (submission := quick_sample(held.assignment)) is not None:
                try:
                    self.graded(held, submission, seed=WARM_SEED)
                except ChainruleError as error:
                    sys.stderr.write(f"judge: warming up with {held.assignment.slug}: {error}\n")


def _may_load_weights(submission: Submission) -> bool:
    """Whether a file mentions anything that pretrained weights are loaded with: others need no note about them."""
    return any(word in file.content for file in submission.files for word in LOADING_WORDS)


def every_rubric(config: JudgeConfig) -> Shelf:
    """The built-in assignments and those of the configured folders."""
    return Shelf.read(config.assignment_dirs)


def _read(config: JudgeConfig, read: Callable[[JudgeConfig], Shelf]) -> Shelf:
    from grading import pipeline

    secluded(config)  # what a course wrote runs from here on
    # Computed once here instead of in every child.
    pipeline.engine()
    return read(config)


def _apart(run: Callable[[], None], config: JudgeConfig) -> None:
    """Run something of a course's in this process, secluded, and wait for it."""

    def secluded_run() -> None:
        secluded(config)
        run()

    thread = Thread(target=secluded_run)
    thread.start()
    thread.join()


def _settle(seed: int) -> None:
    """Nothing should draw from the global generators; what does all the same is tied to the run, not to the process."""
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - it is the global one that is meant
    torch.manual_seed(seed)


def _checkpoints(config: JudgeConfig) -> CheckpointStore:
    """The store of pretrained weights; what it lacks is stood in for, in a folder apart.

    Raises:
        HouseFault: nowhere to write the stand-ins.
    """
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chainrule"
    try:
        return checkpoint_store(config.checkpoint_dir, config.standin_dir or caches / "standins")
    except HouseFault:
        # A home that cannot be written: a container, a service account. The new folder's name cannot be foreseen, so
        # nobody else on the machine can have put weights there.
        return checkpoint_store(config.checkpoint_dir, Path(tempfile.mkdtemp(prefix="chainrule-standins-")))


def quick_sample(assignment: Assignment) -> Submission | None:
    """The files of the right sample with the least budget; None where the manifest promises nothing quick.

    Libraries are loaded and first calls made by any of them. All else would only keep waiting whoever needs a judge:
    after one died, everybody.
    """
    quickest = min(assignment.budgets, key=lambda budget: budget.seconds, default=None)
    if quickest is None or quickest.seconds > WARM_S:
        return None
    folder = assignment.folder / "samples" / "right"
    files = [folder / name for name in quickest.files or [file.name for file in assignment.files]]
    return Submission(tuple(SubmittedFile(file.name, file.read_bytes()) for file in files if file.is_file()))


def _import_late() -> None:
    """What is imported where it is first used: once here instead of in every run's own process."""
    from matplotlib import colormaps
    from matplotlib.backends import backend_agg
    from PIL import Image

    del colormaps, backend_agg
    Image.init()
