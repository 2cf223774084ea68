"""What a rubric author writes, and what becomes of it.

A rubric is a Python file of small functions. `Rubric > Part > Criterion > Check` is built by decorators (`rubric`); a
check asks a `Subject` about a `Draw`, and takes one of three forms: `agrees` (the student's answer equals the
reference's), `holds` (a property of the student's own answers) and `asks` (a written answer). The student's program is
a subject, the reference is one, and so is every known mistake: when an `agrees` fails, the mistake whose answers equal
the student's names the error.

How it runs, on the judge's side only (nothing here ever enters a box):

* `student` is the proxy: `student.sigmoid(x)` is a question to a box and comes back as plain data or as an
  `AnswerFault`.
* `matching` finds which of the student's definitions the rubric means.
* `trace` writes down who was asked what and what came back; it also settles the form of a reply against the
  reference's.
* `agreement`, `properties` and `written` judge one check each; `evaluation` goes through a part's checks in order
  and applies the award rules.
* `diagnosis` recognises well-known slips (transposed, a constant factor, a flipped sign …) where no listed mistake
  agrees.

Blame is settled by who was speaking when something went wrong: an exception while the reference is asked is the
author's, an `AnswerFault` is the student's, a `HouseFault` is ours. An exception in a probe on the student's answers is
the student's only if one of the answers demonstrably lacks the reference's form (or plain arithmetic on it overflows);
else it is the author's and the report has no final score.
"""

from grading.authoring import admit
from grading.authoring.award import ALL_OR_NOTHING, MANUAL, PROPORTIONAL, AtLeast, Award
from grading.authoring.bindings import Adapted, Behaviour, Driven, Function
from grading.authoring.check import Line
from grading.authoring.draw import Draw
from grading.authoring.executed import CapturedAxes, CapturedFigure, Executed, UnitOutcome, blank
from grading.authoring.found import FoundOnce
from grading.authoring.matching import folded
from grading.authoring.pictures import FigureHook, Picture, canvas, drawn_once, png_of
from grading.authoring.requirement import illustrate, leave_to_person, remark, require
from grading.authoring.rubric import Criterion, Part, Rubric
from grading.authoring.stores import Stores, stores
from grading.authoring.student import Student
from grading.authoring.subject import Mistake, Reference, Subject, Variant, around
from grading.authoring.written import Number, Prose, Word
from grading.domain.verdict import Visibility

__all__ = [
    "ALL_OR_NOTHING",
    "MANUAL",
    "PROPORTIONAL",
    "Adapted",
    "AtLeast",
    "Award",
    "Behaviour",
    "CapturedAxes",
    "CapturedFigure",
    "Criterion",
    "Draw",
    "Driven",
    "Executed",
    "FigureHook",
    "FoundOnce",
    "Function",
    "Line",
    "Mistake",
    "Number",
    "Part",
    "Picture",
    "Prose",
    "Reference",
    "Rubric",
    "Stores",
    "Student",
    "Subject",
    "UnitOutcome",
    "Variant",
    "Visibility",
    "Word",
    "admit",
    "around",
    "blank",
    "canvas",
    "drawn_once",
    "folded",
    "illustrate",
    "leave_to_person",
    "png_of",
    "remark",
    "require",
    "stores",
]
