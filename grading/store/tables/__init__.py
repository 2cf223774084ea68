"""The tables, by room: people (who), work (what), versions (of rubrics), marking (by people), lms (where scores go)."""

from grading.store.tables.base import Table, now, rows_of
from grading.store.tables.lms import GradebookEntry, GradePost, LineItem, Platform, PostState
from grading.store.tables.marking import MarkEvent, MarkRow, MarkState, ReusableComment
from grading.store.tables.people import STAFF, ApiToken, Course, Enrollment, Role, SignInLink, User, WebSession
from grading.store.tables.versions import AssignmentVersion
from grading.store.tables.work import (
    PURPOSE_GRADE,
    PURPOSE_REGRADE_DRY,
    CriterionRow,
    FigureRow,
    FindingRow,
    IdempotencyKey,
    Offering,
    Regrade,
    ReportRow,
    Run,
    RunEvent,
    SubmissionFile,
    SubmissionRow,
    WorkerRow,
)

__all__ = [
    "PURPOSE_GRADE",
    "PURPOSE_REGRADE_DRY",
    "STAFF",
    "ApiToken",
    "AssignmentVersion",
    "Course",
    "CriterionRow",
    "Enrollment",
    "FigureRow",
    "FindingRow",
    "GradePost",
    "GradebookEntry",
    "IdempotencyKey",
    "LineItem",
    "MarkEvent",
    "MarkRow",
    "MarkState",
    "Offering",
    "Platform",
    "PostState",
    "Regrade",
    "ReportRow",
    "ReusableComment",
    "Role",
    "Run",
    "RunEvent",
    "SignInLink",
    "SubmissionFile",
    "SubmissionRow",
    "Table",
    "User",
    "WebSession",
    "WorkerRow",
    "now",
    "rows_of",
]
