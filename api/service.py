"""What every request needs, made once."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.requests import Request

from api.dispatcher import Dispatcher
from api.observing import Metrics
from api.sign_in_throttle import SignInThrottle
from api.watching import Watching
from grading.domain.assignment import Assignment
from grading.domain.description import Description
from grading.domain.errors import HouseFault
from grading.store.blobs import Blobs
from grading.store.database import Database
from grading.store.descriptions import Descriptions
from grading.store.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """The running service.

    Attributes:
        assignments: those it knows, by their own slug, as their folders have them now.
        descriptions: what their rubrics say of themselves, by version.
    """

    settings: Settings
    database: Database
    blobs: Blobs
    assignments: Mapping[str, Assignment]
    descriptions: Descriptions
    dispatcher: Dispatcher
    watching: Watching
    metrics: Metrics
    sign_ins: SignInThrottle

    def assignment_of(self, rubric_slug: str) -> Assignment:
        """The rubric that an offering names.

        Raises:
            HouseFault: this installation does not have it.
        """
        assignment = self.assignments.get(rubric_slug)
        if assignment is None:
            raise HouseFault(
                f"the rubric {rubric_slug!r} is not installed; add its folder to CHAINRULE_ASSIGNMENT_DIRS"
            )
        return assignment

    def description_of(self, db: Session, assignment: Assignment) -> Description | None:
        """What the assignment's rubric says of itself; None while no judge has told it."""
        return self.descriptions.of(db, assignment.slug, assignment.version)

    def device_for(self, assignment: Assignment) -> str:
        """The configured device where the assignment can use it, otherwise its first."""
        return device_for(self.settings.device, assignment)


def device_for(wanted: str, assignment: Assignment) -> str:
    """The wanted device where the assignment can use it, otherwise its first."""
    return wanted if wanted in assignment.devices or not assignment.devices else assignment.devices[0]


def service_of(request: Request) -> Service:
    """The service that answers this request."""
    service: Service = request.app.state.service
    return service
