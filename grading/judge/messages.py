"""What judge and client say to each other, as values on both sides and frames between.

The client never imports the pipeline, so what `grade` found crosses as the report's JSON and the figures' bytes.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from grading.domain.description import Description
from grading.domain.errors import ChainruleError, HouseFault, NotASubmission, RubricFault, TooLarge
from grading.domain.report import GradedRun, Json, Report
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.frames import Frame

# Control characters but tab and newline; marks that have no width or turn the direction of what follows.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Request:
    """One run: grade this submission under this assignment with this seed.

    Attributes:
        slug: of the assignment, in the catalog the judge was started with.
        device: "cpu" or "cuda".
        triage: whether it is only asked if a GPU is needed for it.
    """

    submission: Submission
    slug: str
    seed: int
    device: str
    triage: bool = False

    def to_frame(self) -> Frame:
        """The request as it crosses the socket."""
        names: list[Json] = [file.name for file in self.submission.files]
        message: dict[str, Json] = {"slug": self.slug, "seed": self.seed, "device": self.device, "names": names}
        return Frame(message | {"triage": self.triage}, tuple(file.content for file in self.submission.files))

    @classmethod
    def from_frame(cls, frame: Frame) -> "Request":
        """The request that `to_frame` made.

        Raises:
            HouseFault: the frame is none.
        """
        message = frame.message
        match message:
            case {
                "slug": str(slug),
                "seed": int(seed),
                "device": str(device),
                "names": list(names),
                "triage": bool(triage),
            }:
                files = zip(cast("list[str]", names), frame.blobs, strict=True)
                submission = Submission(tuple(SubmittedFile(name, content) for name, content in files))
                return cls(submission=submission, slug=slug, seed=seed, device=device, triage=triage)
            case _:
                raise HouseFault(f"The judge was sent no request but {sorted(message)}. Grade again.")


@dataclass(frozen=True, slots=True)
class DescribeRequest:
    """No run: only what the assignment's rubric says of itself."""

    slug: str

    def to_frame(self) -> Frame:
        """The request as it crosses the socket."""
        return Frame({"describe": self.slug})


def request_in(frame: Frame) -> Request | DescribeRequest:
    """What a client asks for.

    Raises:
        HouseFault: the frame is no request.
    """
    match frame.message:
        case {"describe": str(slug)}:
            return DescribeRequest(slug)
        case _:
            return Request.from_frame(frame)


def graded_frame(graded: GradedRun) -> Frame:
    """A graded run as it crosses the socket; what JSON or UTF-8 cannot carry is spelled out on the way."""
    names: list[Json] = list(graded.figures)
    return Frame({"report": storable(graded.report.to_json()), "figures": names}, tuple(graded.figures.values()))


def graded_in(frame: Frame) -> GradedRun:
    """What `graded_frame` was given.

    Raises:
        RubricFault, HouseFault, NotASubmission: what the judge met instead.
    """
    match frame.message:
        case {"report": dict(report), "figures": list(names)}:
            return GradedRun(Report.from_json(report), dict(zip(cast("list[str]", names), frame.blobs, strict=True)))
        case message:
            raise fault_in(message)


def triage_frame(*, wants_gpu: bool) -> Frame:
    """The answer to a triage as it crosses the socket."""
    return Frame({"wants_gpu": wants_gpu})


def wants_gpu_in(frame: Frame) -> bool:
    """What `triage_frame` was given.

    Raises:
        RubricFault, HouseFault, NotASubmission: what the judge met instead.
    """
    match frame.message:
        case {"wants_gpu": bool(wants_gpu)}:
            return wants_gpu
        case message:
            raise fault_in(message)


def description_frame(description: Description) -> Frame:
    """The answer to a request for a description as it crosses the socket."""
    return Frame({"description": storable(description.to_json())})


def description_in(frame: Frame) -> Description:
    """What `description_frame` was given.

    Raises:
        RubricFault, HouseFault: what the judge met instead.
    """
    match frame.message:
        case {"description": dict(told)}:
            return Description.from_json(told)
        case message:
            raise fault_in(message)


def fault_frame(error: ChainruleError) -> Frame:
    """An error as it crosses the socket: its kind, its words, nothing else."""
    fault: dict[str, Json] = {"kind": "house", "text": storable(str(error))}
    if isinstance(error, NotASubmission):
        kind = "too-large" if isinstance(error, TooLarge) else "not-a-submission"
        fault |= {"kind": kind, "code": error.code, "file": storable(error.file)}
    elif isinstance(error, RubricFault):
        fault["kind"] = "rubric"
    return Frame({"fault": fault})


def fault_in(message: Mapping[str, Json]) -> ChainruleError:
    """The error that `fault_frame` was given; a `HouseFault` where the message tells of none."""
    fault = message.get("fault")
    if not isinstance(fault, dict):
        return HouseFault(f"The judge answered with neither report nor fault: {sorted(message)}. Grade again.")
    kind, text = fault.get("kind"), str(fault.get("text", ""))
    match kind:
        case "not-a-submission":
            return NotASubmission(str(fault.get("code")), text, file=str(fault.get("file", "")))
        case "too-large":
            return TooLarge(str(fault.get("code")), text, file=str(fault.get("file", "")))
        case "rubric":
            return RubricFault(text)
        case _:
            return HouseFault(text)


def storable(value: Json) -> Json:
    """The same JSON without what other programs choke on.

    Infinite and undefined numbers become their names, lone surrogates question marks: a report quotes what students'
    programs answered, and no quotation may keep the report from being stored. Nor may one repaint a terminal or turn
    the direction of a line: control characters and direction marks become �.
    """
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case str():
            return UNSEEN.sub("�", value.encode("utf-8", "replace").decode("utf-8"))
        case list():
            return [storable(item) for item in value]
        case dict():
            return {str(storable(key)): storable(item) for key, item in value.items()}
        case _:
            return value
