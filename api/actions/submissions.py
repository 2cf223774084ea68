"""Submit, cancel, grade again."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy.exc import IntegrityError

from api.service import Service
from grading.domain.errors import NotASubmission
from grading.intake import read_upload
from grading.store import submissions, tracing
from grading.store.access import Caller, Conflict, InvalidRequest, reach_offering
from grading.store.clock import time_of
from grading.store.queries.submissions import SubmissionView, submission_of

log = structlog.get_logger(__name__)

MAX_KEY = 255
# A request that was cut off before it got an answer gives its key free after this long.
IN_FLIGHT_FOR = timedelta(minutes=2)


def submit(
    service: Service,
    caller: Caller,
    slug: str,
    files: Sequence[tuple[str, bytes]],
    *,
    idempotency_key: str | None = None,
) -> SubmissionView:
    """Take files as a submission and queue its run. Blocks; call it in a thread.

    Args:
        service: the running service.
        caller: who submits.
        slug: the offering's.
        files: name and bytes of each, as they were sent.
        idempotency_key: the same key with the same files is the same submission, however often it is sent.

    Raises:
        NotASubmission, TooLarge: the student must act; nothing was kept.
        NotFound, Forbidden, Closed, QueueFull: as the store says.
        Conflict: a request with this key is still being answered.
        InvalidRequest: the key was used for something else.
    """
    with service.database.read() as db:
        offering = reach_offering(db, caller, slug)
    assignment = service.assignment_of(offering.rubric_slug)
    key_id: str | None = None
    if idempotency_key is not None:
        done, key_id = _reserve(service, caller, idempotency_key, _digest(slug, files))
        if done is not None:
            return done
    try:
        submission = read_upload(files, assignment)
        blobs = {file.name: service.blobs.write(file.content) for file in submission.files}
        with tracing.step("submit", assignment=slug), service.database.write() as db:
            run = submissions.accept(
                db,
                caller,
                offering,
                submission,
                blobs,
                device=service.device_for(assignment),
                settings=service.settings,
                trace=tracing.traceparent(),
            )
            if key_id is not None:
                submissions.answer_with(db, key_id, run.submission_id)
    except BaseException as error:
        if key_id is not None:
            with service.database.write() as db:
                submissions.forget(db, key_id)
        service.metrics.submissions.labels("refused" if isinstance(error, NotASubmission) else "not taken").inc()
        raise
    service.dispatcher.runs([(run.id, run.queue)])
    service.metrics.submissions.labels("accepted").inc()
    log.info("submission accepted", submission_id=run.submission_id, run_id=run.id, assignment=slug)
    with service.database.read() as db:
        return submission_of(db, caller, run.submission_id)


def cancel(service: Service, caller: Caller, submission_id: str) -> SubmissionView:
    """Take a waiting submission out of the queue.

    Raises:
        NotFound, Conflict: as the store says.
    """
    with service.database.write() as db:
        submissions.cancel(db, caller, submission_id)
    with service.database.read() as db:
        return submission_of(db, caller, submission_id)


def retry(service: Service, caller: Caller, submission_id: str) -> SubmissionView:
    """Grade one submission again, as its result; for staff.

    Raises:
        NotFound, Forbidden, Conflict: as the store says.
    """
    with service.database.write() as db:
        run = submissions.retry(db, caller, submission_id)
    service.dispatcher.runs([(run.id, run.queue)])
    with service.database.read() as db:
        return submission_of(db, caller, submission_id)


def _reserve(service: Service, caller: Caller, key: str, digest: str) -> tuple[SubmissionView | None, str | None]:
    """Reserve the key: either the answer that it has already, or the reservation's id."""
    if not key or len(key) > MAX_KEY:
        raise InvalidRequest("bad-idempotency-key", f"An Idempotency-Key has 1 to {MAX_KEY} characters.")
    try:
        with service.database.write() as db:
            return None, submissions.remember(db, caller, key, digest).id
    except IntegrityError:
        pass
    with service.database.write() as db:
        known = submissions.remembered(db, caller, key)
        if known is None:
            raise Conflict("in-flight", "Another request with this Idempotency-Key has just failed; send it again.")
        if known.request_sha256 != digest:
            raise InvalidRequest("idempotency-key-reused", "This Idempotency-Key was used for a different request.")
        if known.submission_id is not None:
            return submission_of(db, caller, known.submission_id), None
        moment = time_of(db)
        if known.created_at > moment - IN_FLIGHT_FOR:
            raise Conflict("in-flight", "A request with this Idempotency-Key is still being answered.")
        known.created_at = moment
        return None, known.id


def _digest(slug: str, files: Sequence[tuple[str, bytes]]) -> str:
    # Of what was sent, not of its encoding: a multipart boundary differs from one try to the next.
    digest = hashlib.sha256(slug.encode())
    for name, content in files:
        digest.update(f"\0{name}\0{len(content)}\0".encode("utf-8", "surrogatepass"))
        digest.update(content)
    return digest.hexdigest()
