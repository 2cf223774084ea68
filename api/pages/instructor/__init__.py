"""What course staff see: what needs them, results, regrades, and how the service is doing."""

from fastapi import APIRouter

from api.pages.instructor import actions, overview, reading, regrades, results
from api.pages.instructor import marking as manual

router = APIRouter()
for page in (overview, results, reading, regrades, manual, actions):
    router.include_router(page.router)
