"""From a template and its values to a response."""

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.pages import forms
from api.pages.views import charts, markdown, words
from grading.store.access import Caller

HERE = Path(__file__).parent


@cache
def static(name: str) -> str:
    """The address of a static file, with its digest, so that browsers may keep it until it changes."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(static=static, percent=charts.percent)
    made.filters.update(
        breakable=words.breakable,
        prose=words.prose,
        markdown=markdown.rendered,
        points=words.points,
        file_size=words.file_size,
        duration=words.duration,
        when=words.when,
        until=lambda moment: words.until(moment, datetime.now(UTC)),
        ordinal=words.ordinal,
        in_words=words.in_words,
        as_question=words.as_question,
        status_word=words.status_word,
        state_word=words.state_word,
        post_word=words.post_word,
    )
    return made


ENVIRONMENT = _environment()


def render(
    request: Request,
    template: str,
    caller: Caller | None,
    *,
    status: int = 200,
    here: str = "",
    **values: Any,
) -> HTMLResponse:
    """The page: `template` with `values`, for `caller`; `here` names the entry of the main menu that is current."""
    text = ENVIRONMENT.get_template(template).render(caller=caller, csrf=forms.token(request), here=here, **values)
    response = HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})
    forms.keep_seed(request, response)
    return response
