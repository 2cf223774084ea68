"""A served course and a real browser: the system's Chromium, which a test never lets off this machine."""

import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import expect

from api.app import create_app
from tests.pages.classroom import Classroom, Person, SlowJudge
from worker import embedded as worker

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=30_000)  # what comes, comes; a busy machine takes its time
FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items) -> None:
    """Every test here drives the browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(120))


class Served:
    """The service on a port of its own, in a thread."""

    def __init__(self, classroom: Classroom) -> None:
        self.classroom = classroom
        config = uvicorn.Config(
            create_app(classroom.settings, classroom.assignments), port=0, log_level="warning", ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        until = time.monotonic() + 20
        while not self._server.started:
            if time.monotonic() > until:
                raise TimeoutError("the service did not start")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop listening."""
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="session")
def chromium():
    """The browser; tests are skipped where the system has none."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: install Debian's package chromium to run the browser tests")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path):
    """A course, served."""
    service = Served(Classroom(tmp_path, worker_queues=("cpu",), worker_concurrency=1, sweep_s=0.5))
    service.start()
    yield service
    service.stop()


@pytest.fixture
def classroom(served):
    """The course."""
    return served.classroom


@pytest.fixture
def start_grading(classroom):
    """Starts the service's own worker over a judge that takes a second for each submission."""
    started = []
    yield lambda: started.append(worker.start(classroom.settings, SlowJudge(classroom)))
    for one in started:
        one.stop()


class Window:
    """A browser window that notes what must not happen: requests elsewhere and errors in the console."""

    def __init__(self, browser, served: Served, **options) -> None:
        self.served = served
        self.context = browser.new_context(base_url=served.address, reduced_motion="reduce", **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, person: Person) -> "Window":
        """Open a link and use its button."""
        self.page.goto(f"/sign-in/{self.served.classroom.link(person)}")
        self.page.get_by_role("button", name=f"Continue as {person.name}").click()
        self.page.get_by_role("button", name="Sign out").wait_for()
        return self

    def _asked(self, request) -> None:
        if request.url.startswith(("data:", "blob:")):
            return
        if urlsplit(request.url).netloc != urlsplit(self.served.address).netloc:
            self.elsewhere.append(request.url)

    def _said(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture
def window(chromium, served):
    """Opens windows; at the end, none of them asked elsewhere or complained."""
    opened: list[Window] = []

    def open_one(**options) -> Window:
        opened.append(Window(chromium, served, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()

    assert [address for one in opened for address in one.elsewhere] == []
    assert [complaint for one in opened for complaint in one.complaints] == []
