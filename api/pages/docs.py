"""The API's documentation, from files of ours: no content delivery network, no inline script."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.pages.rendering import render

router = APIRouter()


@router.get("/api/docs")
def show_api(request: Request) -> Response:
    """The interactive description of the API."""
    return render(request, "docs.html", None)
