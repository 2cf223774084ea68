"""The judge server: one single-threaded process that forks a judge child for each run, the next one beforehand.

Started by `client.Judge` as `python -m grading.judge.server FD`, with a clean environment and one inherited socket, the
control socket. On it come the configuration, then one message for each run with the run's own socket attached. The
server answers once, with its readiness. When the control socket ends, so does the server, and everything it started.
"""

import contextlib
import ctypes
import gc
import logging
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog

from grading.domain.errors import ChainruleError, HouseFault
from grading.judge import frames
from grading.judge.config import JudgeConfig, Readiness, refusal
from grading.judge.messages import fault_frame
from grading.judge.seclusion import secluded

CONTROL_BYTES = 64 << 10
PR_SET_PDEATHSIG = 1


class Grader(Protocol):
    """What the server needs of whoever grades; `grader.RubricGrader` is the one in service."""

    readiness: Readiness

    def answer(self, frame: frames.Frame) -> frames.Frame:
        """Answer one request, in a forked child.

        Raises:
            ChainruleError: there is no answer; the class says who must act.
        """
        ...

    def mend(self) -> bool:
        """Start again what died; whether anything had. Called in the server before each run.

        Raises:
            HouseFault: it would not start.
        """
        ...

    def close(self) -> None:
        """End what was started."""
        ...


def main(start: Callable[[JudgeConfig], Grader]) -> None:
    """Serve on the control socket whose descriptor is the first argument, until it ends."""
    # The judge tells its client how the sandbox stands, and that one logs it; only what is wrong is said here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    config = JudgeConfig.from_bytes(control.recv(CONTROL_BYTES))
    try:
        grader = start(config)
    except ChainruleError as error:
        control.send(refusal(error))
        return
    control.send(grader.readiness.to_bytes())
    try:
        serve(control, grader, config)
    finally:
        grader.close()


def serve(control: socket.socket, grader: Grader, config: JudgeConfig) -> None:
    """Fork a judge child for each run that arrives; return when the control socket ends, with all children gone."""
    # What lives now lives in every child: the collector need not touch, and so copy, those pages there.
    gc.collect()
    gc.freeze()
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        children = _Children(selector, control, grader, config)
        try:
            while True:
                # Where there is no room for another process now, there may be when the next run asks.
                with contextlib.suppress(OSError):
                    children.prepare()
                for key, _ in selector.select():
                    if key.fileobj is not control:
                        children.reap(key.fd)
                    elif not children.take_run():
                        return
        finally:
            children.end()


class _Children:
    """The judge children that are alive, each known by a descriptor that becomes readable when it ends.

    One of them is the spare: forked beforehand, it waits for its run, so that no student waits for the fork. There is
    never more than one, and nothing else is forked while there is: no child inherits the way to another.
    """

    def __init__(
        self, selector: selectors.BaseSelector, control: socket.socket, grader: Grader, config: JudgeConfig
    ) -> None:
        self._selector = selector
        self._control = control
        self._grader = grader
        self._config = config
        self._libc = ctypes.CDLL(None)
        self._server = os.getpid()
        self._alive: dict[int, int] = {}
        self._spare: socket.socket | None = None

    def take_run(self) -> bool:
        """Give the run that waits on the control socket to a child. False: there is none, the client is gone."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, 64, 1)
        except ConnectionError:
            return False
        # Without a descriptor (this process has too many open) the run's socket is closed, and its client knows.
        for descriptor in descriptors:
            with socket.socket(fileno=descriptor) as connection:
                self._give(connection)
        return bool(message)

    def prepare(self) -> None:
        """Fork the spare, unless there is one."""
        if self._spare is not None:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._become_child()
            _wait_for_run(theirs, self._grader, self._config.deadline_s)
        theirs.close()
        self._spare = ours
        watch = os.pidfd_open(pid)
        self._alive[watch] = pid
        self._selector.register(watch, selectors.EVENT_READ)

    def reap(self, watch: int) -> None:
        """Forget the child that ended; say so where a signal did it."""
        self._selector.unregister(watch)
        _, status = os.waitpid(self._alive.pop(watch), 0)
        os.close(watch)
        if os.WIFSIGNALED(status):
            sys.stderr.write(f"judge: a run's judge was ended by {signal.Signals(os.WTERMSIG(status)).name}\n")

    def end(self) -> None:
        """Kill all children, and wait until they are gone."""
        for watch, pid in self._alive.items():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(watch, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(watch)
        self._alive.clear()

    def _give(self, connection: socket.socket) -> None:
        try:
            if self._grader.mend():
                # The spare was forked before, and knows only what died.
                self._dismiss()
            if not self._handed_over(connection):
                self._dismiss()
                self.prepare()
                self._handed_over(connection)
        except (HouseFault, OSError) as error:
            with contextlib.suppress(HouseFault):
                frames.send(connection, fault_frame(HouseFault(f"The judge could not take the run: {error}")))

    def _handed_over(self, connection: socket.socket) -> bool:
        """Whether the spare took the run; it is no spare from then on."""
        if self._spare is None:
            return False
        try:
            socket.send_fds(self._spare, [b"run"], [connection.fileno()])
        except ConnectionError:
            return False
        self._dismiss()
        return True

    def _dismiss(self) -> None:
        """Forget the spare: without a run, it ends when its socket does."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None

    def _become_child(self) -> None:
        # The child learns of the server's death from the kernel; the question closes the gap before it asked.
        self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self._server:
            os._exit(1)
        self._selector.close()
        self._control.close()
        # Where memory runs out, a run is lost rather than the service.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
        for lacking in secluded(self._config):
            sys.stderr.write(f"judge: {lacking}\n")


def _wait_for_run(channel: socket.socket, grader: Grader, deadline_s: float) -> None:
    """The life of a judge child. Never returns."""
    try:
        message, descriptors, _, _ = socket.recv_fds(channel, 64, 1)
        if message and descriptors:
            channel.close()
            _judge_one_run(socket.socket(fileno=descriptors[0]), grader, deadline_s)
    finally:
        os._exit(0)


def _judge_one_run(connection: socket.socket, grader: Grader, deadline_s: float) -> None:
    """Answer one request and end. Never returns."""
    status = 1
    try:
        # The kernel keeps the deadline, whatever the code is stuck in: the default action of SIGALRM ends the process.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, deadline_s)
        frames.send(connection, _answer(grader, frames.receive(connection)))
        status = 0
    except HouseFault as fault:
        sys.stderr.write(f"judge: the client of a run is gone: {fault}\n")
    finally:
        sys.stderr.flush()
        os._exit(status)


def _answer(grader: Grader, frame: frames.Frame) -> frames.Frame:
    try:
        return grader.answer(frame)
    except ChainruleError as error:
        return fault_frame(error)
    except Exception as error:  # noqa: BLE001 - whatever grading did not foresee is our fault, and told as such
        traceback.print_exc()
        return fault_frame(HouseFault(f"The judge failed with {type(error).__name__}: {error}. Its log says where."))


if __name__ == "__main__":
    from grading.judge.grader import RubricGrader

    main(RubricGrader.start)
