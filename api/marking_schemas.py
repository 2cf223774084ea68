"""What the queue of answers that people mark looks like to a client."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import API, Answer, Listing, Points
from grading.store.marked_reports import GivenMark
from grading.store.queries.marking import Item, ItemView, MarkingProgress


class ItemOut(Answer):
    """One answer in the queue; `id` is anonymous."""

    id: str
    criterion_id: str
    title: str
    possible: Points
    state: str
    mine: bool
    graders: int
    changed: bool
    links: Annotated[dict[str, str], Field(default_factory=dict)]

    @classmethod
    def of(cls, item: Item, slug: str) -> Self:
        """The item with links to what can be done with it."""
        here = f"{API}/assignments/{slug}/manual/{item.id}"
        return cls.model_validate(item).model_copy(update={"links": {"self": here, "judgement": f"{here}/judgement"}})


class RowCountOut(Answer):
    """How far one row is."""

    criterion_id: str
    title: str
    total: int
    judged: Annotated[int, Field(validation_alias="marked")]


class ProgressOut(Answer):
    """How far the assignment is; `twice` were marked by two people or more, `agreed` of them with the same points."""

    total: int
    judged: Annotated[int, Field(validation_alias="marked")]
    views: dict[str, int]
    twice: int
    agreed: int
    rows: list[RowCountOut]


class QueueOut(BaseModel):
    """The queue in the caller's own order."""

    progress: ProgressOut
    items: list[ItemOut]

    @classmethod
    def of(cls, items: list[Item], progress: MarkingProgress, slug: str) -> Self:
        """The views as they are."""
        return cls(progress=ProgressOut.model_validate(progress), items=[ItemOut.of(item, slug) for item in items])


class AnswerOut(Answer):
    """One question and what the student wrote, as Markdown."""

    question: str
    text: str
    key_points: list[str]


class GivenOut(Answer):
    """What one person gave."""

    grader: str
    points: Points
    comment: str
    covered: list[str]
    settled: bool
    at: datetime

    @classmethod
    def maybe(cls, given: GivenMark | None) -> Self | None:
        """The value, or nothing."""
        return None if given is None else cls.model_validate(given)


class ItemDetailOut(BaseModel):
    """One answer with what is needed to mark it; `others` is null until the caller has."""

    item: ItemOut
    section: str
    answer_sha256: str
    answers: list[AnswerOut]
    own: GivenOut | None
    others: list[GivenOut] | None

    @classmethod
    def of(cls, view: ItemView, slug: str) -> Self:
        """The view as it is."""
        return cls(
            item=ItemOut.of(view.item, slug),
            section=view.section,
            answer_sha256=view.answer_sha256,
            answers=[AnswerOut.model_validate(answer) for answer in view.answers],
            own=GivenOut.maybe(view.own),
            others=None if view.others is None else [GivenOut.model_validate(one) for one in view.others],
        )


class MarkIn(BaseModel):
    """What a person says about one answer."""

    model_config = ConfigDict(extra="forbid")

    points: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]
    comment: Annotated[str, Field(max_length=4000)] = ""
    covered: Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=100)] = []
    answer_sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""
    settle: bool = False


class NewComment(BaseModel):
    """A comment worth repeating."""

    model_config = ConfigDict(extra="forbid")

    criterion_id: Annotated[str, Field(min_length=1, max_length=120)]
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    points: Annotated[Decimal | None, Field(ge=0, le=1000, decimal_places=2)] = None


class CommentOut(Answer):
    """A comment worth repeating; with `points`, picking it sets them too."""

    id: str
    criterion_id: str
    text: str
    points: Points | None


class CommentList(Listing):
    """Comments, oldest first."""

    items: list[CommentOut]


class EventOut(Answer):
    """One entry of the trail."""

    item_id: str
    criterion_id: str
    grader: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    at: datetime
    undone_at: datetime | None


class Trail(Listing):
    """Who marked what and when, newest first."""

    items: list[EventOut]
