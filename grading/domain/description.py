"""What a rubric says of itself: the rows that it grades, and the words of every mistake that it can name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from grading.domain.report import Json


@dataclass(frozen=True, slots=True)
class CriterionSummary:
    """One row of the rubric as it is announced to students."""

    id: str
    title: str
    section: str
    part: str
    possible: Decimal


@dataclass(frozen=True, slots=True)
class MistakeSummary:
    """A known mistake in words: what the student did, and what to look at."""

    says: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """One version of an assignment, described by its rubric. A version's description never changes.

    Attributes:
        slug: of the assignment.
        version: "sha256:…", as `Assignment.version`.
        criteria: its rows, in order.
        mistakes: those that a finding of it can name, by id.
    """

    slug: str
    version: str
    criteria: tuple[CriterionSummary, ...]
    mistakes: Mapping[str, MistakeSummary] = field(default_factory=dict)

    @property
    def points(self) -> Decimal:
        """Full marks."""
        return sum((row.possible for row in self.criteria), Decimal(0))

    def to_json(self) -> dict[str, Json]:
        """The description as it is sent and stored."""
        rows: list[Json] = [
            {"id": row.id, "title": row.title, "section": row.section, "part": row.part, "points": str(row.possible)}
            for row in self.criteria
        ]
        known: dict[str, Json] = {id_: {"says": one.says, "look": one.look} for id_, one in self.mistakes.items()}
        return {"slug": self.slug, "version": self.version, "criteria": rows, "mistakes": known}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """The description that `to_json` wrote."""
        rows = (
            CriterionSummary(row["id"], row["title"], row["section"], row["part"], Decimal(row["points"]))
            for row in told["criteria"]
        )
        known = {id_: MistakeSummary(one["says"], one["look"]) for id_, one in told["mistakes"].items()}
        return cls(told["slug"], told["version"], tuple(rows), known)
