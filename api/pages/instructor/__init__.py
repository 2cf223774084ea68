"""What course staff see: what needs them, results, regrades, and how the service is doing."""

from fastapi import APIRouter

from api.pages.instructor import marking as manual
from api.pages.instructor import overview, reading, regrades, results, retries

router = APIRouter()
for page in (overview, results, reading, regrades, manual, retries):
    router.include_router(page.router)
