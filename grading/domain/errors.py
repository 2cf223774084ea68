"""Whose fault it was: the tree of everything that can go wrong while grading.

::

    ChainruleError
    ├── StudentFault            the student must act; the report or a 4xx names what and where
    │   ├── NotASubmission      the bytes cannot be graded at all (nothing is queued)
    │   │   └── TooLarge        more bytes than the assignment takes
    │   └── AnswerFault         one question got no usable answer
    │       ├── Missing         nothing by that name (or arity) in the program
    │       ├── Raised          the student's code raised
    │       ├── Overran         the student's code outran its time
    │       ├── Died            the student's process ended (exit, signal, out of memory)
    │       └── BadReply        the answer is not data, too large, or of the wrong form
    ├── RubricFault             the author of the assignment must act
    └── HouseFault              we must act; the run is retried, then flagged, never a zero

Blame is settled where the error is raised, by the choice of class; nothing upstream reads a message to find out.
Messages have three parts: what, where, what to do. They are addressed to whoever must act.
"""


class ChainruleError(Exception):
    """Root of every declared error."""


class StudentFault(ChainruleError):
    """The student must act."""


class NotASubmission(StudentFault):
    """The bytes cannot be graded.

    Args:
        code: stable, hyphenated, for machines (`not-a-notebook`, `broken-json`, `empty-file`, `unsafe-path` …).
        message: for the student.
        file: the offending file's name as submitted, or "".
    """

    def __init__(self, code: str, message: str, *, file: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.file = file


class TooLarge(NotASubmission):
    """More bytes, files or nesting than the assignment takes."""


class AnswerFault(StudentFault):
    """One question got no usable answer from the student's program.

    `kind` is the stable word that reports and statistics use.

    Args:
        message: what went wrong.
        unasked: whether the question was not even put, because of what came of an earlier one.
    """

    kind = "answer-fault"

    def __init__(self, message: str = "", *, unasked: bool = False) -> None:
        super().__init__(message)
        self.unasked = unasked


class Missing(AnswerFault):
    """The program defines nothing that the question could be put to."""

    kind = "missing"


class NotDefined(Missing):
    """The program defines nothing that the question could be put to: nothing was attempted."""


class Raised(AnswerFault):
    """The student's code raised an exception.

    Args:
        exception: the class name, as a plain identifier (`ValueError`).
        text: the exception's text, cut and cleaned of control characters. Written by the student: never parsed.
        where: "cell 3, line 12" or "", as the guest saw it.
    """

    kind = "raised"

    def __init__(self, exception: str, text: str, *, where: str = "") -> None:
        super().__init__(f"raised {exception}" + (f": {text}" if text else "") + (f" ({where})" if where else ""))
        self.exception = exception
        self.text = text
        self.where = where


class Overran(AnswerFault):
    """The student's code outran its time; the box is spent."""

    kind = "overran"


class Died(AnswerFault):
    """The student's process ended before it answered; the box is spent."""

    kind = "died"


class BadReply(AnswerFault):
    """The answer is not plain data of an admissible form."""

    kind = "bad-reply"


class RubricFault(ChainruleError):
    """The author of the assignment must act."""


class HouseFault(ChainruleError):
    """We must act. Running again in a sane environment should succeed."""
