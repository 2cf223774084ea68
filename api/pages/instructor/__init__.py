"""What course staff see: what needs them, results, regrades, and how the service is doing."""

from fastapi import APIRouter

from api.pages.instructor import marking, overview, reading, regrades, results, retries

router = APIRouter()
for page in (overview, results, reading, regrades, marking, retries):
    router.include_router(page.router)
