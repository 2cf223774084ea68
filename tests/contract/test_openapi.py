"""The API as its description promises it: pinned, and fuzzed from it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from alembic import command
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis.checks import positive_data_acceptance

from api.app import create_app
from grading.store.settings import Settings
from migrations import configuration
from tests.store.course import SLUG, TOY, Town, found

PINNED = Path(__file__).parent / "openapi.json"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A course for the fuzzer to make a mess of."""
    town = found(tmp_path_factory.mktemp("town"), queue_limit=50)
    command.stamp(configuration(town.settings.database), "head")
    yield town
    town.database.close()


def test_the_description_is_the_pinned_one(tmp_path: Path):
    """A change of the API shows in the diff; run this file as a program to pin it anew."""
    assert json.loads(PINNED.read_text(encoding="utf-8")) == described(tmp_path)


def described(folder: Path) -> dict[str, object]:
    """The description that a fresh service gives of itself."""
    app = create_app(Settings(state=folder), {SLUG: TOY}, pages=False)
    return app.openapi()


@pytest.fixture(scope="module")
def schema(town: Town) -> schemathesis.schemas.BaseSchema:
    """The description, served by the application under test."""
    app = create_app(town.settings, {SLUG: TOY}, pages=True)
    return schemathesis.openapi.from_asgi("/api/openapi.json", app)


def operations() -> list[tuple[str, str]]:
    """Method and path of everything that is described."""
    described = json.loads(PINNED.read_text(encoding="utf-8"))["paths"]
    return [(method, path) for path, methods in described.items() for method in methods]


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), operations())
def test_no_request_breaks_the_service(schema: schemathesis.schemas.BaseSchema, town: Town, method: str, path: str):
    """Whatever is sent, as staff or as a student, is answered as described and never with a 500."""

    @given(case=schema[path][method].as_strategy(), login=strategies.sampled_from(["teacher", "ann"]))
    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case, login: str) -> None:
        # No description tells a notebook from other bytes: random files are refused, and rightly.
        case.call_and_validate(
            headers={"Authorization": f"Bearer {town.tokens[login]}"}, excluded_checks=[positive_data_acceptance]
        )

    holds()


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        PINNED.write_text(json.dumps(described(Path(folder)), indent=1, sort_keys=True) + "\n", encoding="utf-8")
