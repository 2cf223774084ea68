"""What a student sees: assignments, submitting, a submission and its report."""

from fastapi import APIRouter

from api.pages.student import assignments, submissions

router = APIRouter()
router.include_router(assignments.router)
router.include_router(submissions.router)
