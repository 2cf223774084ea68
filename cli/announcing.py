"""What `chainrule serve` prints once it answers."""

import errno
import shlex
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

import typer
import uvicorn

from grading.domain.assignment import Assignment
from grading.domain.errors import HouseFault
from grading.store.demo import Demo
from grading.store.settings import Settings

BACKLOG = 2048


class Announced(uvicorn.Server):
    """A server that says so when it accepts connections: a link that is printed earlier leads nowhere.

    Args:
        config: the server's.
        announce: called once, when connections are accepted.
    """

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until SIGTERM or SIGINT, say so, and return: what was started beside the server ends in good order.

        The server raises the signal again after its shutdown, which would end the process there and then. A second
        signal, while the rest is still ending, does.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _heard)
        try:
            super().run(sockets)
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
        if self.started:
            typer.echo(
                "\nStopping. What is being graded is finished first; what waits is graded at the next start.", err=True
            )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then announce."""
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._announce()


def _heard(_number: int, _frame: FrameType | None) -> None:
    """The server has acted on the signal already."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens, made before anything else is: a port that is taken is said at once and in words.

    Raises:
        HouseFault: it cannot be had; the message says what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise HouseFault(
                f"port {port} is taken by another program; choose one: make run PORT={port + 1}"
            ) from error
        raise HouseFault(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return made


def announce(settings: Settings, demo: Demo | None, assignments: Mapping[str, Assignment]) -> None:
    """Print the address and, with a demo course, its keys and a command to paste."""
    typer.echo(f"\nChainrule answers at {settings.url}\n")
    if demo is None:
        return
    once = f"works once, for {settings.link_minutes} minutes; the next start prints a new one"
    typer.echo(f"Sign in as {demo.instructor_name}, instructor of {demo.course_title} ({once}):\n")
    typer.echo(f"  {demo.instructor_link}\n")
    typer.echo(f"A token of {demo.student_name}, student, for the sign-in page and for commands:\n")
    typer.echo(f"  {demo.student_token}\n")
    typer.echo("Submit a sample as that student (paste into another terminal):\n")
    typer.echo(f"  {submit_command(settings, demo, assignments)}\n")
    if others := other_samples(demo, assignments):
        typer.echo("The same goes for the other assignments, with these samples:\n")
        for line in others:
            typer.echo(f"  {line}")
        typer.echo("")
    typer.echo(f"Everything is kept in {settings.state.absolute()}. Stop with Ctrl-C.\n")


def submit_command(settings: Settings, demo: Demo, assignments: Mapping[str, Assignment]) -> str:
    """A command for the shell that submits the demo assignment's right sample as the demo student."""
    assignment = assignments.get(demo.slug) or next(iter(assignments.values()))
    sample = assignment.folder / "samples" / "right"
    chainrule = Path(sys.executable).with_name("chainrule")
    command = [str(chainrule), "submit", str(sample), "--assignment", demo.slug]
    return shlex.join([*command, "--server", settings.url, "--token", demo.student_token, "--wait"])


def other_samples(demo: Demo, assignments: Mapping[str, Assignment]) -> list[str]:
    """For every other assignment of the demo course, its right sample and its slug as the command takes them."""
    offered = (assignments[slug] for slug in demo.slugs if slug in assignments and slug != demo.slug)
    samples = ((assignment.slug, assignment.folder / "samples" / "right") for assignment in offered)
    return [shlex.join([str(sample), "--assignment", slug]) for slug, sample in samples if sample.is_dir()]
