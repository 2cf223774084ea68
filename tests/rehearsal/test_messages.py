"""What a rehearsal and its judge say to each other."""

import socket
from dataclasses import replace

import pytest

from grading.domain.assignment import Limits
from grading.domain.errors import HouseFault, RubricFault
from grading.domain.submission import Submission, SubmittedFile
from grading.judge import frames
from grading.judge.messages import Request, fault_frame
from grading.rehearsal.judge import limited
from grading.rehearsal.messages import RehearsalReply, RehearsalRequest, Room
from tests.store.course import TOY, report_for

SUBMISSION = Submission((SubmittedFile("layers.py", b"x @ w"), SubmittedFile("notes.txt", b"")))


def crossed(frame: frames.Frame) -> frames.Frame:
    """The frame on the other side of a socket."""
    here, there = socket.socketpair()
    with here, there:
        frames.send(here, frame)
        return frames.receive(there)


@pytest.mark.parametrize("room", Room)
def test_a_request_crosses_unchanged(room):
    """Files, seeds and room arrive as they were sent."""
    request = RehearsalRequest(SUBMISSION, seed=4, rounds=3, room=room)

    assert RehearsalRequest.from_frame(crossed(request.to_frame())) == request


def test_a_reply_crosses_unchanged():
    """The reports of every seed arrive in order; of those after the first, only what is not right."""
    reply = RehearsalReply.of([report_for(b"right"), report_for(b"wrong")], student_s=0.5, peak_bytes=9)
    first, second = reply.reports

    assert RehearsalReply.from_frame(crossed(reply.to_frame())) == reply
    assert first == report_for(b"right")
    assert [row.said for row in second.criteria] == [row.said for row in report_for(b"wrong").criteria]
    assert second.figures == ()


def test_a_fault_crosses_as_what_it_is():
    """Whoever must act on the service's judge must act on this one."""
    with pytest.raises(RubricFault, match="adds up to 3"):
        RehearsalReply.from_frame(crossed(fault_frame(RubricFault("adds up to 3"))))


def test_the_request_of_a_service_is_refused():
    """The two judges understand their own requests only."""
    with pytest.raises(HouseFault, match="no request"):
        RehearsalRequest.from_frame(Request(SUBMISSION, "toy", 1, "cpu").to_frame())


def test_a_room_never_widens_an_assignments_limits():
    """Attacks get little; an assignment that gives less keeps it."""
    narrow = replace(TOY, limits=Limits(call_s=0.1, cell_s=0.1, part_s=0.1, processes=2))

    assert limited(TOY, Room.NORMAL) == TOY
    assert limited(TOY, Room.LITTLE_ROOM).limits.processes <= 32
    assert limited(TOY, Room.LITTLE_TIME).limits.part_s <= 3.0
    assert limited(narrow, Room.LITTLE_TIME).limits.part_s == 0.1
