"""Passback: a score from the outbox to a gradebook, once, in order.

Per person and column one post is under way at a time, and each is stamped at least a second later than the last one:
some platforms compare whole seconds. The stamp is kept before the post leaves, so that after a crash it is not used
again. A post that is not final never replaces a grade: platforms would wipe it.
"""

import hashlib
import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import httpx2
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from grading.domain.errors import HouseFault
from grading.store import tracing
from grading.store.clock import time_of
from grading.store.database import Database
from grading.store.settings import Settings
from grading.store.tables import GradebookEntry, GradePost, LineItem, Platform, PostState, Run
from worker import metrics
from worker.lms import (
    SCORE_TYPE,
    Guarded,
    PlatformAnswer,
    Tokens,
    Unreachable,
    Unsafe,
    meaning_of,
    pause_asked_for,
    refuse_unsafe,
    score_url,
    words_of,
)

log = structlog.get_logger(__name__)

MAX_TRIES = 5
BACK_OFF_S = (5.0, 30.0, 120.0, 600.0)
APART = timedelta(seconds=1)
UNDER_WAY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A post made ready: where it goes and what it says."""

    post_id: str
    platform: Platform
    url: str
    body: dict[str, object]
    content_sha256: str
    comment_sha256: str
    tries: int
    trace: str | None


@dataclass(frozen=True, slots=True)
class PostResult:
    """What became of a try."""

    answer: PlatformAnswer
    status_code: int | None
    problem: str | None
    pause_s: float = 0.0


class Passback:
    """Sends posts; safe to use from several threads and processes."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        sender = httpx2.HTTPTransport(
            verify=_trusted(), trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0)
        )
        self._client = httpx2.Client(
            timeout=settings.lms_timeout_s,
            follow_redirects=False,
            trust_env=False,
            transport=Guarded(settings, sender),
        )
        self._tokens = Tokens(settings, self._client)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, post_id: str) -> None:
        """Send one waiting post. Whatever becomes of it is in its row; nothing is raised for it."""
        with self._database.write() as db:
            parcel = self._make_ready(db, post_id)
        if parcel is None:
            return
        with tracing.step("post grade", parcel.trace, post_id=post_id, tries=parcel.tries):
            outcome = self._try(parcel)
        with self._database.write() as db:
            state = self._settle(db, parcel, outcome)
        platform = urlsplit(parcel.platform.issuer).hostname or "unknown"
        metrics.posts.labels(platform, state.value, str(outcome.status_code or "none")).inc()
        log.info("grade post tried", post_id=post_id, state=state.value, status=outcome.status_code, tries=parcel.tries)

    def _make_ready(self, db: Session, post_id: str) -> Parcel | None:
        moment = time_of(db)
        post = db.scalar(
            select(GradePost)
            .where(GradePost.id == post_id, GradePost.state == PostState.WAITING.value, GradePost.next_try_at <= moment)
            .with_for_update()
        )
        if post is None:
            return None
        entry = _entry(db, post)
        if entry.sending_until is not None and entry.sending_until > moment:
            post.next_try_at = moment + APART
            return None
        run = db.get_one(Run, post.run_id)
        comment = f"Graded by Chainrule. The report: {self._settings.url}/submissions/{run.submission_id}"
        content, words = _content_hash(post), hashlib.sha256(comment.encode()).hexdigest()
        if content == entry.content_sha256:
            post.state, post.problem = PostState.UNCHANGED.value, "the gradebook has this score already"
            return None
        if post.pending and entry.content_sha256 is not None:
            post.state = PostState.UNCHANGED.value
            post.problem = "points still wait for a human; the grade that is there was left alone"
            return None
        line_item = db.get_one(LineItem, post.line_item_id)
        stamp = moment if entry.sent_at is None else max(moment, entry.sent_at + APART)
        entry.sent_at = stamp
        entry.sending_until = moment + UNDER_WAY
        post.next_try_at = moment + UNDER_WAY
        post.tries += 1
        body = _score(post, stamp)
        if words != entry.comment_sha256:
            body["comment"] = comment
        platform = db.get_one(Platform, line_item.platform_id)
        return Parcel(post.id, platform, score_url(line_item.url), body, content, words, post.tries, run.trace)

    def _try(self, parcel: Parcel) -> PostResult:
        try:
            refuse_unsafe(parcel.url, self._settings)
            token = self._tokens.token_for(parcel.platform)
            response = self._client.post(
                parcel.url,
                content=json.dumps(parcel.body).encode(),
                # Exactly this type, without a charset: platforms compare it letter by letter.
                headers={"Authorization": f"Bearer {token}", "Content-Type": SCORE_TYPE},
            )
        except Unsafe as fault:
            return PostResult(PlatformAnswer.REFUSED, None, str(fault))
        except (Unreachable, HouseFault) as fault:
            return PostResult(PlatformAnswer.LATER, None, str(fault))
        except httpx2.HTTPError as error:
            return PostResult(PlatformAnswer.LATER, None, f"no answer: {type(error).__name__}")
        answer = meaning_of(response)
        if response.status_code == httpx2.codes.UNAUTHORIZED:
            self._tokens.forget(parcel.platform)
        said = None if answer is PlatformAnswer.TAKEN else words_of(response)
        return PostResult(answer, response.status_code, said, pause_asked_for(response))

    def _settle(self, db: Session, parcel: Parcel, outcome: PostResult) -> PostState:
        post = db.get_one(GradePost, parcel.post_id)
        entry = _entry(db, post)
        entry.sending_until = None
        post.status_code, post.problem = outcome.status_code, outcome.problem
        # A post that was overtaken while it was under way is settled all the same: it did arrive, or did not.
        match outcome.answer:
            case PlatformAnswer.TAKEN:
                post.state, post.sent_at = PostState.SENT.value, entry.sent_at
                entry.content_sha256, entry.comment_sha256 = parcel.content_sha256, parcel.comment_sha256
            case PlatformAnswer.REFUSED:
                post.state = PostState.REFUSED.value
            case PlatformAnswer.LATER if post.tries >= MAX_TRIES:
                post.state = PostState.DEAD.value
            case PlatformAnswer.LATER:
                pause_s = max(outcome.pause_s, BACK_OFF_S[min(post.tries, len(BACK_OFF_S)) - 1])
                post.next_try_at = time_of(db) + timedelta(seconds=pause_s)
        return PostState(post.state)


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that platforms are checked against; reading them takes longer than opening a database."""
    return httpx2.create_ssl_context(trust_env=False)


def _entry(db: Session, post: GradePost) -> GradebookEntry:
    entry = db.get(GradebookEntry, (post.line_item_id, post.lms_user_id), with_for_update=True)
    if entry is None:
        entry = GradebookEntry(line_item_id=post.line_item_id, lms_user_id=post.lms_user_id)
        db.add(entry)
        db.flush()
    return entry


def _content_hash(post: GradePost) -> str:
    said = f"{post.score.normalize()}/{post.max_score.normalize()}/{post.pending}"
    return hashlib.sha256(said.encode()).hexdigest()


def _score(post: GradePost, stamp: datetime) -> dict[str, object]:
    return {
        "userId": post.lms_user_id,
        "timestamp": _iso(stamp),
        "scoreGiven": float(post.score),
        "scoreMaximum": float(post.max_score),
        "activityProgress": "Completed",
        "gradingProgress": "PendingManual" if post.pending else "FullyGraded",
        "submission": {"submittedAt": _iso(post.submitted_at)},
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
