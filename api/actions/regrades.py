"""Regrades: a dry run, then its results."""

from api.service import Service
from grading.store import regrades, submissions
from grading.store.access import Caller, reach_offering
from grading.store.regrades import RegradeView
from grading.store.tables import PURPOSE_REGRADE_DRY


def start(service: Service, caller: Caller, slug: str, reason: str = "") -> RegradeView:
    """Queue a dry run of every student's newest submission.

    Raises:
        NotFound, Forbidden, Conflict: as the store says.
    """
    with service.database.read() as db:
        rubric_slug = reach_offering(db, caller, slug, staff=True).rubric_slug
    device = service.device_for(service.assignment_of(rubric_slug))
    with service.database.write() as db:
        regrade = regrades.start(db, caller, slug, device=device, reason=reason)
    with service.database.read() as db:
        view = regrades.progress_of(db, caller, regrade.id)
    queue = submissions.queue_for(device, PURPOSE_REGRADE_DRY)
    service.dispatcher.runs((run_id, queue) for run_id in view.run_ids)
    return view


def apply(service: Service, caller: Caller, regrade_id: str) -> RegradeView:
    """Make a finished regrade's reports the students' results.

    Raises:
        NotFound, Forbidden, Conflict: as the store says.
    """
    with service.database.write() as db:
        view, posts = regrades.apply(db, caller, regrade_id)
    service.dispatcher.posts(posts)
    return view
