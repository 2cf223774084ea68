"""What a rubric author writes, and what becomes of it.

A rubric is a Python file of small functions. `Rubric > Part > Criterion > Check` is built by decorators (`rubric`); a
check asks a `Subject` about a `Draw`, and takes one of three forms: `agrees` (the student's answer equals the
reference's), `holds` (a property of the student's own answers) and `asks` (a written answer). The student's program is
a subject, the reference is one, and so is every known mistake: when an `agrees` fails, the mistake whose answers equal
the student's names the error.

What puts the questions and settles the answers is `grading.evaluation`.
"""

from grading.authoring import expect
from grading.authoring.award import ALL_OR_NOTHING, MANUAL, PROPORTIONAL, AtLeast, Award
from grading.authoring.bindings import Adapted, Behaviour, Driven, Function, folded
from grading.authoring.check import Line
from grading.authoring.draw import Draw
from grading.authoring.executed import CapturedFigure, Executed, UnitOutcome, blank
from grading.authoring.found import FoundOnce
from grading.authoring.mistake import KnownMistake, acting
from grading.authoring.pictures import FigureHook, Picture, canvas, png_of
from grading.authoring.requirement import illustrate, leave_to_person, remark, require
from grading.authoring.rubric import Criterion, Part, Rubric
from grading.authoring.stores import Stores, stores
from grading.authoring.subject import Mistake, Reference, Student, Subject, Variant, around
from grading.authoring.written import Prose, Word
from grading.domain.verdict import Visibility

__all__ = [
    "ALL_OR_NOTHING",
    "MANUAL",
    "PROPORTIONAL",
    "Adapted",
    "AtLeast",
    "Award",
    "Behaviour",
    "CapturedFigure",
    "Criterion",
    "Draw",
    "Driven",
    "Executed",
    "FigureHook",
    "FoundOnce",
    "Function",
    "KnownMistake",
    "Line",
    "Mistake",
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
    "acting",
    "around",
    "blank",
    "canvas",
    "expect",
    "folded",
    "illustrate",
    "leave_to_person",
    "png_of",
    "remark",
    "require",
    "stores",
]
