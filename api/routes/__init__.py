"""One file per resource. A route declares who may call and what can go wrong, and calls one function."""

from typing import Any

from api.errors import MEDIA_TYPE
from api.schemas import ProblemOut


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route answers with, for its description; 401 is always among them."""
    schema = {"schema": {"$ref": f"#/components/schemas/{ProblemOut.__name__}"}}
    return {
        status: {"description": "Problem", "model": ProblemOut, "content": {MEDIA_TYPE: schema}}
        for status in sorted({401, *statuses})
    }
