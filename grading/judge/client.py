"""The judge as its callers see it: start it, grade with it, close it. Loads no torch."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from grading.domain.description import Description
from grading.domain.errors import HouseFault
from grading.domain.report import GradedRun
from grading.domain.submission import Submission
from grading.domain.verdict import Tier
from grading.judge import frames
from grading.judge.config import JudgeConfig, LayerFact, Readiness, readiness
from grading.judge.messages import DescribeRequest, Request, description_in, graded_in, wants_gpu_in

ROOT = Path(__file__).resolve().parents[2]
SERVER = ("-m", "grading.judge.server")

# All that the judge inherits. Nothing here may be a secret: what is not named does not cross.
KEPT = ("PATH", "HOME", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES")
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")

# A run may use its whole deadline inside the server; only a server that hangs leaves its client waiting longer.
GRACE_S = 15.0
READY_BYTES = 1 << 20


class Judge:
    """A judge server and the way to it. Safe to use from several threads.

    Args:
        config: what every server of this judge is started with.
        program: the interpreter's arguments that run a server.
    """

    def __init__(self, config: JudgeConfig, program: Sequence[str] = SERVER) -> None:
        self._config = config
        self._program = tuple(program)
        self._lock = Lock()
        self._closed = False
        self._server = _Server(config, self._program)

    @classmethod
    def start(cls, config: JudgeConfig | None = None, program: Sequence[str] = SERVER) -> Self:
        """Start a server and wait until it is ready.

        Raises:
            HouseFault: it did not become ready.
        """
        return cls(config or JudgeConfig(), program)

    @property
    def readiness(self) -> Readiness:
        """What the server said when it was ready."""
        return self._server.readiness

    @property
    def tier(self) -> Tier:
        """How much of the sandbox holds on this machine."""
        return self.readiness.tier

    @property
    def layers(self) -> tuple[LayerFact, ...]:
        """The layers of the confinement."""
        return self.readiness.layers

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._server.process.pid

    def grade(self, submission: Submission, slug: str, *, seed: int, device: str = "cpu") -> GradedRun:
        """Grade one submission; blocks until there is a report. As many at once as there are callers.

        Args:
            submission: the files, as `grading.intake` read them.
            slug: of the assignment.
            seed: decides the inputs that are drawn. Secret until the run is over.
            device: "cpu" or "cuda".

        Raises:
            NotASubmission: the files cannot be graded at all; the student must act.
            RubricFault: the assignment is unknown or broken; its author must act.
            HouseFault: the judge died, hung or failed; grading again should succeed.
        """
        return graded_in(self.ask(Request(submission, slug, seed, device).to_frame()))

    def wants_gpu(self, submission: Submission, slug: str) -> bool:
        """Whether grading a submission on a GPU would run anything there; nothing is run to find out.

        Raises:
            NotASubmission, RubricFault, HouseFault: as `grade`.
        """
        return wants_gpu_in(self.ask(Request(submission, slug, 0, "cuda", triage=True).to_frame()))

    def ask(self, request: frames.Frame) -> frames.Frame:
        """The server's answer to one request; blocks until it is there.

        Raises:
            HouseFault: the judge died or hung.
        """
        with self._open_run() as run:
            run.settimeout(self._config.deadline_s + GRACE_S)
            frames.send(run, request)
            return frames.receive(run)

    def describe(self, slug: str) -> Description:
        """What the rubric of an assignment says of itself, as its folder has it now.

        Raises:
            RubricFault: the assignment is unknown or broken; its author must act.
            HouseFault: the judge died or hung.
        """
        return description_in(self.ask(DescribeRequest(slug).to_frame()))

    def close(self) -> None:
        """End the server and everything it started. A second call does nothing."""
        with self._lock:
            self._closed = True
            self._server.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open_run(self) -> socket.socket:
        """A socket whose other end is a judge child's; a server that died is started again first."""
        with self._lock:
            if self._closed:
                raise HouseFault("This judge is closed.")
            for _ in range(2):
                if not self._server.alive:
                    self._server.end()
                    self._server = _Server(self._config, self._program)
                ours, theirs = _ends(socket.SOCK_STREAM)
                with theirs:
                    if self._server.hand_over(theirs):
                        return ours
                ours.close()
        raise HouseFault("The judge died twice before it took the run. Its log, on standard error, says why.")


class _Server:
    """One server process, from start to end."""

    def __init__(self, config: JudgeConfig, program: Sequence[str]) -> None:
        # Packets: each run is one message with one descriptor, and writers in several threads cannot interleave.
        self._control, theirs = _ends(socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, *program, str(theirs.fileno())],
                cwd=ROOT,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                # What the judge prints by accident must not land among a command's results.
                stdout=2,
                pass_fds=(theirs.fileno(),),
                # A Ctrl-C at the terminal is for the service, which then ends its judge in good order.
                start_new_session=True,
            )
        try:
            self._control.settimeout(config.start_s)
            try:
                self._control.send(config.to_bytes())
                words = self._control.recv(READY_BYTES)
            except ConnectionError:
                words = b""
            self.readiness = readiness(words)
        except TimeoutError:
            self.process.kill()
            self.end()
            raise HouseFault(f"The judge was not ready within {config.start_s:g} s.") from None
        except BaseException:
            self.end()
            raise

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def hand_over(self, connection: socket.socket) -> bool:
        """Give the server one run's socket. False: it died meanwhile."""
        try:
            socket.send_fds(self._control, [b"run"], [connection.fileno()])
        except TimeoutError:
            raise HouseFault("The judge takes no more runs. Grade again.") from None
        except OSError:
            self.process.kill()
            self.process.wait()
            return False
        return True

    def end(self) -> None:
        """Close the control socket, which ends the server; kill it where it does not listen."""
        self._control.close()
        try:
            self.process.wait(timeout=5.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _ends(kind: socket.SocketKind) -> tuple[socket.socket, socket.socket]:
    """Two ends of a connection, the second for another process.

    That one blocks, whatever this process has as its default timeout for new sockets (Celery's transports set one,
    in any thread, while they close): the other process knows of no timeout, and would take "not now" for "never".
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    theirs.setblocking(True)
    return ours, theirs


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    threads = dict.fromkeys(ONE_THREAD, "1")
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0", **threads, **kept}
