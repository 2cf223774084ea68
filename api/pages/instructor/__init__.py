"""What course staff see: what needs them, results, regrades, and how the service is doing."""

from fastapi import APIRouter

from api.pages.instructor import actions, manual, overview, reading, regrades, results

router = APIRouter()
for page in (overview, results, reading, regrades, manual, actions):
    router.include_router(page.router)
