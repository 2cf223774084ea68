"""One service for the tests that do not kill it, and notebooks to submit."""

import contextlib
import json
from collections.abc import Iterator

import httpx2
import pytest

from cli.service import ServiceClient
from grading.assignments.catalog import BUILT_IN
from testing.service import RunningService

SLUG = "cmpsc497-hw2"
NOTEBOOK_1 = "1.activation_function_and_vanishing_gradient.ipynb"
NOTEBOOK_2 = "2.image_classification_and_feature_visualization.ipynb"
SAMPLES = BUILT_IN / "cmpsc497_hw2" / "samples"
QUICK_LEASES = {"LEASE_S": "4", "HEARTBEAT_S": "1", "SWEEP_S": "1"}


def notebook(*cells: str, nbformat: int = 4) -> bytes:
    """A notebook of code cells."""
    made = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
        for source in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": nbformat, "nbformat_minor": 4}).encode()


def right(name: str) -> bytes:
    """A file of the right sample."""
    return (SAMPLES / "right" / name).read_bytes()


def without_times(report: dict) -> dict:
    """A report without what differs from one grading to the next."""
    run = {key: value for key, value in report["run"].items() if key not in {"started_at", "seconds", "phases"}}
    return report | {"run": run}


class Student:
    """A student of the demo course."""

    def __init__(self, service: RunningService, token: str) -> None:
        self.token = token
        self.address = f"{service.address}/api/v1"
        self.client = ServiceClient(service.address, token)

    def submit(self, *files: tuple[str, bytes]) -> str:
        """Submit; the submission's id."""
        return str(self.client.submit(SLUG, files)["id"])

    def post(self, *, headers: dict[str, str] | None = None, **options) -> httpx2.Response:
        """Submit with a request of one's own."""
        url = f"{self.address}/assignments/{SLUG}/submissions"
        mine = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return httpx2.post(url, headers=mine, timeout=60.0, **options)

    def ending(self, submission_id: str) -> dict:
        """The submission once nothing more happens to it."""
        with contextlib.closing(self.client.states(submission_id)) as states:
            return list(states)[-1]

    def report(self, submission_id: str) -> dict:
        """The report, once there is one."""
        ending = self.ending(submission_id)

        assert ending["state"] == "graded", ending
        return self.client.report(submission_id)


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """A running service that all gentle tests share."""
    with RunningService(tmp_path_factory.mktemp("service") / "state", QUICK_LEASES) as running:
        yield running


@contextlib.contextmanager
def students_of(service: RunningService, count: int) -> Iterator[list[Student]]:
    """So many new students."""
    students = [Student(service, token) for token in service.enroll(count)]
    try:
        yield students
    finally:
        for student in students:
            student.client.close()


@pytest.fixture
def student(service):
    """A new student."""
    with students_of(service, 1) as [student]:
        yield student
