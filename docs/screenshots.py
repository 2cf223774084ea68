# ruff: noqa: INP001 - a script, of no package
"""Take the pages' screenshots anew: a service of its own, a class that submits, the system's Chromium.

    .venv/bin/python docs/screenshots.py                 the two of the README, into docs/images
    .venv/bin/python docs/screenshots.py --every FOLDER  every page, in light, in dark and as narrow as a phone

What is shown was graded by this build: the shipped samples, combined, and the right one with a line changed.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import select

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cli.service import ServiceClient  # noqa: E402
from grading.store.access import INSTRUCTOR_SCOPES, STUDENT_SCOPES  # noqa: E402
from grading.store.credentials import issue_token  # noqa: E402
from grading.store.database import Database  # noqa: E402
from grading.store.tables import Course, Enrollment, Role, User  # noqa: E402
from testing.service import RunningService  # noqa: E402 - found only once the root is on the path

SLUG = "cmpsc497-hw2"
SAMPLES = ROOT / "grading" / "assignments" / "cmpsc497_hw2" / "samples"
FIRST = "1.activation_function_and_vanishing_gradient.ipynb"
SECOND = "2.image_classification_and_feature_visualization.ipynb"
IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
LARGEST_BYTES = 250_000

Change = tuple[str, str]
NO_SLOPE: Change = ("np.dot(dhidden2, W2.T) * sigmoid_grad(hidden1)", "np.dot(dhidden2, W2.T)")
NO_MEAN: Change = ("dscores /= num_examples", "pass")
STEEP: Change = ("return 1 / (1 + np.exp(-x))", "return 1 / (1 + np.exp(x))")


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student, and what they submit: for each notebook the sample it comes from, and a line changed in the first."""

    name: str
    first: str = "right"
    second: str = "right"
    change: Change | None = None

    @property
    def login(self) -> str:
        """Their first name."""
        return self.name.split()[0].lower()

    @property
    def files(self) -> list[tuple[str, bytes]]:
        """What is submitted."""
        files = []
        for name, sample in ((FIRST, self.first), (SECOND, self.second)):
            path = SAMPLES / sample / name
            if sample and path.is_file():
                content = path.read_text(encoding="utf-8")
                if self.change and name == FIRST:
                    if content.count(self.change[0]) < 1:
                        raise ValueError(f"{self.change[0]!r} is not in the right sample any more")
                    content = content.replace(*self.change)
                files.append((name, content.encode()))
        return files


CLASS = (
    Pupil("Maryam Mirzakhani"),
    Pupil("Karen Uhlenbeck"),
    Pupil("Alan Turing", change=NO_SLOPE),
    Pupil("Grace Hopper", second="partly_right"),
    Pupil("Katherine Johnson", change=NO_MEAN),
    Pupil("Emil Artin", first="partly_right"),
    Pupil("Olga Taussky-Todd", change=NO_SLOPE, second="partly_right"),
    Pupil("Kurt Hensel", change=STEEP),
    Pupil("Felix Klein", second=""),
    Pupil("Hertha Ayrton", first="starter"),
    Pupil("Johann Radon", first="starter", second="starter"),
    Pupil("Ernst Witt", first="broken", second=""),
    Pupil("Marjorie Browne", first="partly_right", second="partly_right"),
)
READER = CLASS[-1]
BEFORE = Pupil(READER.name, first="partly_right", second="starter")


@dataclass(frozen=True, slots=True)
class School:
    """A service with a graded class."""

    address: str
    staff: str
    tokens: dict[str, str]
    submissions: dict[str, str]

    def report(self, name: str) -> str:
        """The page of somebody's newest submission."""
        return f"/submissions/{self.submissions[name]}"


@contextmanager
def school() -> Iterator[School]:
    """A service of its own with everything of the class graded."""
    with tempfile.TemporaryDirectory(prefix="screenshots-") as folder:
        state = Path(folder) / "state"
        with RunningService(state) as service:
            staff, tokens = _enrolled(state)
            submissions = {}
            for pupil in (BEFORE, *CLASS):
                with ServiceClient(service.address, tokens[pupil.name]) as client:
                    submissions[pupil.name] = str(client.submit(SLUG, pupil.files)["id"])
            for pupil in CLASS:
                with ServiceClient(service.address, tokens[pupil.name]) as client:
                    *_, last = client.states(submissions[pupil.name])
                    if last["state"] != "graded":
                        raise RuntimeError(f"{pupil.name}'s submission ended as {last}")
            yield School(service.address, staff, tokens, submissions)


def _enrolled(state: Path) -> tuple[str, dict[str, str]]:
    """The instructor's token, and one for each of the class."""
    database = Database(f"sqlite:///{state / 'chainrule.db'}")
    try:
        with database.write() as db:
            course = db.scalars(select(Course)).one()
            tokens = {}
            for pupil in CLASS:
                user = User(login=pupil.login, name=pupil.name)
                db.add(user)
                db.flush()
                db.add(Enrollment(course_id=course.id, user_id=user.id, role=Role.STUDENT.value))
                tokens[pupil.name] = issue_token(db, scopes=STUDENT_SCOPES, user_id=user.id, course_id=course.id)
            ada = db.scalars(select(User).where(User.login == "ada")).one()
            return issue_token(db, scopes=INSTRUCTOR_SCOPES, user_id=ada.id, course_id=course.id), tokens
    finally:
        database.close()


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--headless"])
        yield browser
        browser.close()


@contextmanager
def signed_in(browser: Any, seen: School, token: str, **look: Any) -> Iterator[Any]:
    """A page of somebody who signed in with a token, or of nobody."""
    context = browser.new_context(base_url=seen.address, reduced_motion="reduce", locale="en-GB", **look)
    page = context.new_page()
    if token:
        page.goto("/sign-in")
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
    yield page
    context.close()


def picture(page: Any, path: str, file: Path, **options: Any) -> None:
    """One screenshot, once everything on the page has been loaded."""
    page.goto(path)
    page.evaluate("Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode() }))")
    page.screenshot(path=file, **options)


def for_readme(seen: School) -> None:
    """The student's report and the instructor's results, small enough to be committed."""
    IMAGES.mkdir(exist_ok=True)
    look = {"color_scheme": "light", "viewport": {"width": 1180, "height": 1160}, "device_scale_factor": 1.5}
    with chromium() as browser:
        for name, token, path in (
            ("student-report", seen.tokens[READER.name], seen.report(READER.name)),
            ("instructor-results", seen.staff, f"/assignments/{SLUG}/results"),
        ):
            file = IMAGES / f"{name}.png"
            with signed_in(browser, seen, token, **look) as page:
                picture(page, path, file)
            with Image.open(file) as image:
                image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
            print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB")  # noqa: T201 - a script's result
            if file.stat().st_size > LARGEST_BYTES:
                raise RuntimeError(f"{file} is too large to be committed")


def everything(seen: School, folder: Path) -> None:
    """Every page in every look, whole, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    own = "/assignments/" + SLUG
    pages = {
        "": {"sign-in": "/sign-in", "not-found": "/nothing"},
        seen.staff: {
            "overview": "/", "results": f"{own}/results", "regrades": f"{own}/regrades", "status": "/status",
            "report-staff": seen.report(READER.name),
        },
        seen.tokens[READER.name]: {"home": "/", "assignment": own, "report-partly": seen.report(READER.name)},
        **{
            seen.tokens[name]: {f"report-{label}": seen.report(name)}
            for label, name in (
                ("right", "Maryam Mirzakhani"), ("starter", "Johann Radon"), ("broken", "Ernst Witt"),
                ("one-file", "Felix Klein"), ("steep", "Kurt Hensel"),
            )
        },
    }  # fmt: skip
    wide, phone = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
    looks = {"light": ("light", wide), "dark": ("dark", wide), "phone": ("light", phone), "phone-dark": ("dark", phone)}
    with chromium() as browser:
        for look, (scheme, viewport) in looks.items():
            for token, paths in pages.items():
                with signed_in(browser, seen, token, color_scheme=scheme, viewport=viewport) as page:
                    for name, path in paths.items():
                        picture(page, path, folder / f"{name}-{look}.png", full_page=True)


def main() -> None:
    """Take what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=Path, metavar="FOLDER", help="every page in every look, into this folder")
    asked = parser.parse_args()
    with school() as seen:
        if asked.every:
            everything(seen, asked.every)
        else:
            for_readme(seen)


if __name__ == "__main__":
    main()
