"""A backup made as the documents say, while the service runs, and restored as they say: nothing is lost or changed."""

import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from grading.domain.verdict import RunState
from grading.store import reports, runs
from grading.store.blobs import Blobs
from grading.store.database import Database
from grading.store.settings import Settings
from grading.store.tables import SubmissionFile, Table, now
from tests.store.course import PIXEL, PIXEL_NAME, POSTGRESQL, Town, found, report_for, submit
from tests.store.servers import postgres

ROOT = Path(__file__).resolve().parents[2]
MISSING = [program for program in ("pg_dump", "pg_restore", "rsync") if shutil.which(program) is None]

pytestmark = [
    pytest.mark.db,
    pytest.mark.timeout(120),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]


def documented() -> list[list[str]]:
    """The lines of each block of commands under "Backup and restore"."""
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    [section] = re.findall(r"^## Backup and restore\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)
    return [block.strip().splitlines() for block in re.findall(r"```\n(.*?)```", section, re.DOTALL)]


def enter(lines: list[str], folder: Path, database: str) -> None:
    """Type the lines into a shell, in a folder that has `var`."""
    plain = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = subprocess.run(
        ["bash", "-eu", "-c", "\n".join(lines)],
        cwd=folder,
        env={"PATH": programs, "HOME": str(folder), "DATABASE": plain, "CHAINRULE_DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr


def rows(database: Database) -> dict[str, list[Any]]:
    """Everything in every table."""
    with database.read() as db:
        return {
            table.name: sorted(map(repr, db.execute(select(table)).mappings()))
            for table in Table.metadata.sorted_tables
        }


def grade(town: Town, blobs: Blobs, login: str, content: bytes) -> None:
    """From submission to stored report."""
    run = submit(town, login, content, blobs)
    with town.database.write() as db:
        claimed = runs.claim(db, run.id, "worker", timedelta(seconds=30))
    assert claimed is not None
    blobs.write(PIXEL)
    with town.database.write() as db:
        assert reports.store(db, claimed, report_for(content), [PIXEL_NAME], graded_at=now()) is not None


@pytest.fixture
def town(tmp_path: Path) -> Any:
    """One whose state lies in `var` of the test's folder."""
    made = found(tmp_path / "here" / "var", POSTGRESQL)
    yield made
    made.end()


def test_a_restored_service_has_every_row_and_every_file(town: Town, tmp_path: Path) -> None:
    """Of the moment of the dump; what came in while the blobs were copied is no row, and in nobody's way."""
    here, there = tmp_path / "here", tmp_path / "there"
    backup, restore = documented()
    blobs, key = Blobs(town.settings.blobs), town.settings.secret_key()
    grade(town, blobs, "ann", b"right")
    grade(town, blobs, "ben", b"wrong")
    left = submit(town, "cyd", b"right, but late", blobs)
    with town.database.write() as db:
        assert runs.claim(db, left.id, "worker", timedelta(seconds=-1)) is not None
    (here / "backup").mkdir()
    before = rows(town.database)

    enter(backup[:1], here, town.settings.database_url)
    grade(town, blobs, "ann", b"wrong, between the dump and the blobs")
    enter(backup[1:], here, town.settings.database_url)
    (there / "var").mkdir(parents=True)
    shutil.move(here / "backup", there / "backup")
    chosen = Settings(state=there / "var", database_url=postgres().empty())
    try:
        enter(restore, there, chosen.database_url)
        database, copies = Database.open(chosen), Blobs(chosen.blobs)
        try:
            assert rows(database) == before
            assert chosen.secret_key() == key
            with database.read() as db:
                kept = {file.sha256 for file in db.scalars(select(SubmissionFile))} | {PIXEL_NAME}
                assert {name: blobs.read(name) for name in kept} == {name: copies.read(name) for name in kept}
            with database.write() as db:
                [taken] = runs.give_back_abandoned(db, dead_owners=(), max_attempts=3)
                assert (taken.id, taken.state) == (left.id, RunState.QUEUED.value)
                again = runs.claim(db, left.id, "worker", timedelta(seconds=30))
            assert again is not None
            [submitted] = runs.load_submission(again, copies).files
            assert submitted.content == b"right, but late"
        finally:
            database.close()
    finally:
        postgres().drop(chosen.database_url)
