"""The pages: server-rendered, complete without scripts, live with them.

A page is a plain function: it asks the same queries as the API's routes, makes views (`views/`: frozen values, no HTML)
and renders one template. Nothing on a page is markup that a student wrote: Jinja escapes every value, the policy in
`frame` forbids inline scripts and styles and anything from elsewhere, and figures are served as inert images.

::

    frame        the outermost layer: security headers; faults of page requests as pages
    rendering    templates, filters, the address of a static file
    forms        one-time tokens in every form that changes something
    signing_in   sign in by link or token, sign out
    student/     assignments, submitting, a submission with its report
    instructor/  overview, results, regrades, status
"""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from api.pages import docs, instructor, signing_in, student
from api.pages.asking import SignInNeeded, to_sign_in
from api.pages.forms import StaleForm, to_stale_form
from api.pages.frame import PageFrame

router = APIRouter(include_in_schema=False)
for room in (signing_in.router, student.router, instructor.router, docs.router):
    router.include_router(room)


def mount(app: FastAPI) -> None:
    """Add the pages to the service's application, after everything else is in place."""
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.include_router(router)
    app.add_exception_handler(SignInNeeded, to_sign_in)
    app.add_exception_handler(StaleForm, to_stale_form)
    app.add_middleware(PageFrame, framed_by=app.state.service.settings.framed_by)
