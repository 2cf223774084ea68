"""Judging an `agrees` check: the student's answer against the reference's; structure, shape, kind, finite, value."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from grading.authoring.check import Agrees, Check
from grading.authoring.draw import Draw
from grading.authoring.requirement import Remark
from grading.authoring.subject import Answer, Reference, Subject
from grading.domain.errors import RubricFault
from grading.domain.report import Explanation
from grading.evaluation.blame import settled
from grading.evaluation.failure import failure, may_ask_again
from grading.evaluation.forms import into_form, misfit
from grading.evaluation.judgement import CheckResult
from grading.evaluation.naming import Scene
from grading.evaluation.probing import Probed, ask_reference, probe
from grading.evaluation.trace import Unformed
from grading.evaluation.unattempted import unattempted
from grading.evaluation.wording import difference_words
from grading.numerics.closeness import Difference, agrees, difference


def judge_agreement(check: Check, student: Subject, reference: Reference, draws: Callable[[int], Draw]) -> CheckResult:
    """Judge one `agrees` check.

    Args:
        check: the check.
        student: who is judged.
        reference: the part's.
        draws: nth draw of the check; 0 decides, the others tell mistakes apart.

    Raises:
        HouseFault: ours, from the box.
        RubricFault: the author's.
    """
    task = check.task
    if not isinstance(task, Agrees):
        raise RubricFault(f"check {check.id!r} is no agrees check")
    right = ask_reference(check, reference, draws(0))
    form = check.form
    outcome = probe(check, student, draws(0), like=right.trace, form=form)
    if outcome.error is not None and form == "free":
        # A list for an array, say: the answer may be right all the same, once it is in the form that is expected.
        form = "same"
        outcome = probe(check, student, draws(0), like=right.trace, form=form)
    outcome = settled(check, outcome, right.trace)
    found = _difference(task, right, outcome)
    if outcome.clean and found is None:
        return CheckResult(True, Explanation(check.question), remarks=tuple(outcome.remarks))
    scene = Scene(check, student, (reference,), draws, form)
    if unattempted(outcome, right) or not may_ask_again(outcome.fault):
        return failure(scene, outcome, right, found)
    counted = [right]
    note = _right_otherwise(scene, reference, outcome, counted)
    if note is not None:
        return CheckResult(True, Explanation(check.question), remarks=(*outcome.remarks, *note))
    if task.given:
        rebuilt = carried(reference, student, task.given)
        again = probe(check, rebuilt, draws(0))
        if again.clean:
            if _agrees(task, again, outcome):
                names = " and ".join(task.given)
                said = f"Judged with your own {names}, right or wrong: this row lost nothing by it."
                return CheckResult(True, Explanation(check.question), remarks=(*outcome.remarks, Remark(said)))
            counted.append(again)
            if not _agrees(task, right, again):
                scene = replace(scene, bases=(reference, rebuilt))
    return replace(failure(scene, outcome, right, found), lines=_lines(task, counted, outcome))


def _lines(task: Agrees, counted: Sequence[Probed], outcome: Probed) -> dict[str, str]:
    """What is wrong with each part of a failing answer: "" where it is that of some right answer."""
    if not isinstance(outcome.answer, dict):
        return {}
    told: dict[str, str] = {}
    for line in task.lines:
        own = replace(outcome, answer={line.part: outcome.answer.get(line.part)})
        rights = [
            replace(right, answer={line.part: right.answer.get(line.part)})
            for right in counted
            if isinstance(right.answer, dict)
        ]
        gap = None if any(_agrees(task, right, own) for right in rights) else _difference(task, rights[0], own)
        told[line.id] = difference_words(gap) if gap is not None else ""
    return told


def carried(reference: Reference, student: Subject, names: Sequence[str]) -> Reference:
    """The reference rebuilt around the student's own functions: error carried forward, on the judge's side.

    A reply of the student's without the right form counts as no answer, so the rebuilt reference computes with arrays
    of the right form only.
    """

    def own(name: str) -> Answer:
        def ask(*args: object) -> object:
            reply, like = getattr(student, name)(*args), getattr(reference, name)(*args)
            where = misfit(reply, like)
            if where is not None:
                raise Unformed(name, where)
            return into_form(reply, like)

        return ask

    return reference.with_({name: own(name) for name in names})


def _right_otherwise(
    scene: Scene, reference: Reference, outcome: Probed, asked: list[Probed]
) -> tuple[Remark, ...] | None:
    """Remarks (maybe none) if the student agrees with another right reference, or None; those asked go to the list."""
    check = scene.check
    task = check.task
    for also in task.also if isinstance(task, Agrees) else ():
        if isinstance(also, Reference):
            right = ask_reference(check, also, scene.draws(0))
        else:
            right = ask_reference(check, reference, scene.draws(0), variant=also)
        asked.append(right)
        own = outcome
        if scene.form == "same":
            own = probe(check, scene.student, scene.draws(0), like=right.trace, form=scene.form)
        if isinstance(task, Agrees) and _agrees(task, right, own):
            note = "" if isinstance(also, Reference) else also.note
            return (Remark(note),) if note else ()
    return None


def _agrees(task: Agrees, right: Probed, outcome: Probed) -> bool:
    return outcome.clean and agrees(
        right.answer, outcome.answer, rtol=task.rtol, atol=task.atol, coarsest=right.trace.coarsest
    )


def _difference(task: Agrees, right: Probed, outcome: Probed) -> Difference | None:
    if not outcome.clean:
        return None
    return difference(right.answer, outcome.answer, rtol=task.rtol, atol=task.atol, coarsest=right.trace.coarsest)
