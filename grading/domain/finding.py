"""A finding: what is told about one question, part by part, from the check to the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grading.domain.earlier_findings import parts_of
from grading.domain.sentences import bare, joined, listed, sentence
from grading.domain.verdict import Blame, Visibility

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class NamedMistake:
    """The known mistake that explains a wrong answer.

    Attributes:
        id: stable, lower-case words joined by hyphens.
        says: to the student: what they did, in one sentence.
        look: to the student: where to look, or what to do.
        parts: names of the parts of the answer that it explains; empty where it explains all.
        others: further mistakes that could not be told apart from it.
    """

    id: str
    says: str = ""
    look: str = ""
    parts: tuple[str, ...] = ()
    others: tuple["NamedMistake", ...] = ()

    def words(self, after: str = "") -> str:
        """What the student did and where to look, without what the sentence before (`after`) says already."""
        front = f"In {listed(self.parts)}: " if self.parts else ""
        also = f" (It could also be this: {'; or this: '.join(bare(o.says) for o in self.others)}.)"
        also = also if self.others else ""
        says = "" if bare(self.says) in after and not also else front + sentence(self.says) + also
        look = "" if self.look and bare(self.look) in after else sentence(self.look)
        return " ".join(text for text in (says, look) if text)

    def to_json(self) -> dict[str, Json]:
        """All but the id, which a finding's JSON has as its `mistake`."""
        others: list[Json] = [{"id": other.id, "says": other.says, "look": other.look} for other in self.others]
        return {
            "says": self.says,
            "look": self.look,
            **({"parts": list[Json](self.parts)} if self.parts else {}),
            **({"others": others} if others else {}),
        }

    @classmethod
    def from_json(cls, name: str, told: Mapping[str, Any]) -> "NamedMistake":
        """What `to_json` wrote."""
        others = tuple(cls(o["id"], o.get("says", ""), o.get("look", "")) for o in told.get("others", ()))
        return cls(name, told.get("says", ""), told.get("look", ""), tuple(told.get("parts", ())), others)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is told about one question, in parts that a page may set apart; every one may be empty.

    Attributes:
        claim: what should hold, in words.
        asked: what was called with what, where that leads over to what was seen.
        subject: who did what was seen, where that is something done: "it", "your program", "the process".
        seen: what came instead of what should hold, or what else there is to say. Never a hidden expected value.
        raised: what the program raised meanwhile; goes on from "It".
        cause: what it may follow from.
        mistake: the known mistake that agrees with the student's own answers.
        hint: where to look, where no known mistake says it.
    """

    claim: str = ""
    asked: str = ""
    subject: str = ""
    seen: str = ""
    raised: str = ""
    cause: str = ""
    mistake: NamedMistake | None = None
    hint: str = ""

    @property
    def found(self) -> str:
        """What was asked and what came of it, in one sentence."""
        if not (self.asked and self.seen):
            return f"{self.subject} {self.seen}".strip()
        if not self.subject:
            return f"{self.asked}; {self.seen}"
        return f"{self.asked} and {self.seen if self.subject == 'it' else f'{self.subject} {self.seen}'}"

    @property
    def error(self) -> str:
        """What the program raised meanwhile, in a sentence."""
        return f"It {self.raised}." if self.raised else ""

    @property
    def message(self) -> str:
        """All of it as one paragraph; a single part stays as it was written."""
        found = self.found
        words = self.mistake.words(found) if self.mistake is not None else self.hint
        parts = [part for part in (self.claim, self.cause, found, self.error, words) if part]
        return joined(*parts) if len(parts) > 1 else "".join(parts)

    def to_json(self) -> dict[str, Json]:
        """The parts that there are; the mistake's id is not among them."""
        parts: dict[str, Json] = {"claim": self.claim}
        for name in ("asked", "subject", "seen", "raised", "cause", "hint"):
            if text := getattr(self, name):
                parts[name] = text
        if self.mistake is not None:
            parts["known"] = self.mistake.to_json()
        return parts

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Explanation":
        """Read a finding's JSON: the parts, of `known` and of `mistake`."""
        get = told.get
        mistake = told["mistake"]
        return cls(
            get("claim", ""),
            get("asked", ""),
            get("subject", ""),
            get("seen", ""),
            get("raised", ""),
            get("cause", ""),
            NamedMistake.from_json(mistake, get("known") or {}) if mistake else None,
            get("hint", ""),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person marks.

    Attributes:
        text: what the student wrote, or did.
        sha256: of the whole answer, however much of it is kept; "" where the reader only sees it.
        look_for: the course's key points; staff's.
    """

    text: str
    sha256: str = ""
    look_for: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """As it stands among a finding's evidence."""
        kept: dict[str, Json] = {"answer": self.text}
        if self.sha256:
            kept |= {"answer_sha256": self.sha256, "look_for": list[Json](self.look_for)}
        return kept


@dataclass(frozen=True, slots=True)
class Finding:
    """What to tell the student about one question.

    Attributes:
        question: the check's id (`sigmoid`, `dW1`).
        passed: whether the question was answered rightly.
        told: what there is to say.
        visibility: who may read it, and when.
        blame: who must act. NOBODY where passed.
        remark: true for a note that costs nothing.
        needs: the check or criterion that had to pass first and did not, so that this was not asked; "" where it was.
        answer: what a person marks, where one does.
        evidence: small plain JSON: index, got, shape, figure ids.
        stored: the message as it was read from JSON. It stays, however messages are composed today.
    """

    question: str
    passed: bool
    told: Explanation = field(default_factory=Explanation)
    visibility: Visibility = Visibility.STUDENT
    blame: Blame = Blame.NOBODY
    remark: bool = False
    needs: str = ""
    answer: Answer | None = None
    evidence: Mapping[str, Json] = field(default_factory=dict)
    stored: str | None = field(default=None, compare=False, repr=False)

    @property
    def message(self) -> str:
        """What, where, what to do, as one paragraph."""
        return self.told.message if self.stored is None else self.stored

    @property
    def mistake(self) -> str | None:
        """Id of the known mistake that agrees with the student's own answers, or None."""
        return self.told.mistake.id if self.told.mistake is not None else None

    def for_student(self) -> "Finding":
        """The same without what only staff may read: key points, and the digest of the answer."""
        return self if self.answer is None else replace(self, answer=Answer(self.answer.text))

    def to_json(self) -> dict[str, Json]:
        """The finding as the report's JSON carries it."""
        return {
            "question": self.question,
            "passed": self.passed,
            "message": self.message,
            "mistake": self.mistake,
            "visibility": self.visibility.value,
            "blame": self.blame.value,
            "remark": self.remark,
            **self.told.to_json(),
            **({"needs": self.needs} if self.needs else {}),
            "evidence": {**self.evidence, **(self.answer.to_json() if self.answer is not None else {})},
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Finding":
        """Read what `to_json` wrote, today or before findings had parts."""
        if "claim" not in told:
            told = parts_of(told)
        evidence: dict[str, Json] = told["evidence"]
        answer = None
        if "answer" in evidence:
            evidence = dict(evidence)
            text, digest = str(evidence.pop("answer")), str(evidence.pop("answer_sha256", ""))
            look_for = evidence.pop("look_for", ())
            answer = Answer(text, digest, tuple(map(str, look_for)) if isinstance(look_for, list) else ())
        return cls(
            told["question"],
            told["passed"],
            Explanation.from_json(told),
            _VISIBILITIES[told["visibility"]],
            _BLAMES[told["blame"]],
            told["remark"],
            told.get("needs", ""),
            answer,
            evidence,
            told["message"],
        )


# Looked up by the thousand: an enum's own call takes several times as long.
_VISIBILITIES = {one.value: one for one in Visibility}
_BLAMES = {one.value: one for one in Blame}
