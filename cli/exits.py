"""How a command ends: what its exit code says, and how it complains."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer

from grading.domain.errors import ChainruleError, NotASubmission, RubricFault, StudentFault


class Exit(IntEnum):
    """Exit codes; scripts rely on them."""

    GRADED = 0
    AUTHOR_MUST_ACT = 1
    NOT_A_SUBMISSION = 2
    OUR_FAULT = 3


def complain(text: str) -> None:
    """One complaint on standard error."""
    typer.echo(f"chainrule: {text}", err=True)


@contextmanager
def faults_as_exits(*, author: Exit = Exit.OUR_FAULT) -> Iterator[None]:
    """End the command with the exit code of whoever must act.

    Args:
        author: the code where an assignment is broken. To a student that is our fault; to its author it is a result.
    """
    try:
        yield
    except ChainruleError as error:
        complain(in_words(error))
        raise typer.Exit(author if isinstance(error, RubricFault) else exit_code(error)) from None


def exit_code(error: ChainruleError) -> Exit:
    """2 where the student must act, 3 where the author or we must."""
    return Exit.NOT_A_SUBMISSION if isinstance(error, StudentFault) else Exit.OUR_FAULT


def in_words(error: ChainruleError) -> str:
    """The error as one line for a person."""
    if isinstance(error, NotASubmission):
        return f"{error.file}: {error.message}" if error.file else error.message
    if isinstance(error, RubricFault):
        return f"the assignment is broken, and its author must act: {error}"
    return f"our fault, not the submission's: {error}"
