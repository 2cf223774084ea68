"""The house's rules that no linter knows."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FIXED_ROOMS = {"api", "worker", "grading", "reference_models", "migrations", "tests"}
ADDED_ROOMS = {"cli", "benchmarks", "docs", "testing", "examples", "deploy"}
NAMED = re.compile(rf"(?<![\w/.-])(?:{'|'.join(FIXED_ROOMS | ADDED_ROOMS)})/[\w./-]*\w")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def tracked(*patterns: str, new: bool = True) -> list[Path]:
    """Files under version control and, with `new`, those about to be; ignored ones left out."""
    others = ["--others", "--exclude-standard"] if new else []
    listed = subprocess.run(
        ["git", "ls-files", "--cached", *others, "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_the_top_level_holds_only_the_agreed_rooms():
    """A new folder at the top is a decision, not an accident."""
    rooms = {path.relative_to(ROOT).parts[0] for path in tracked() if len(path.relative_to(ROOT).parts) > 1}

    assert rooms >= FIXED_ROOMS
    assert rooms <= FIXED_ROOMS | ADDED_ROOMS | {".ci"}


def test_no_stray_file_lies_at_the_top():
    """A mistyped command leaves empty files there, and whoever opens the project reads them first."""
    files = {path.name for path in tracked(new=False) if len(path.relative_to(ROOT).parts) == 1}

    project = {".gitignore", "Makefile", "README.md", "alembic.ini", "pyproject.toml", "requirements.lock"}
    open_project = {
        "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", ".editorconfig", ".pre-commit-config.yaml",
    }  # fmt: skip
    containers = {".dockerignore", "Dockerfile", "docker-compose.yml"}
    assert files <= project | open_project | containers


def test_every_link_in_the_documents_leads_somewhere():
    """Relative links in Markdown files point at files that exist."""
    dead = []
    for page in tracked("*.md"):
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if target.startswith(("http://", "https://", "mailto:", "#")):
                continue
            if not (page.parent / target.split("#")[0]).exists():
                dead.append(f"{page.relative_to(ROOT)} → {target}")

    assert dead == []


def test_every_file_named_in_the_documents_exists():
    """A path that begins with one of our rooms leads to a file or folder of the tree."""
    missing = [
        f"{page.relative_to(ROOT)} → {named}"
        for page in tracked("*.md")
        for named in NAMED.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / named).exists()
    ]

    assert missing == []


def test_the_hooks_run_what_make_check_runs():
    """A commit that the hooks let through passes `make check`, and none is kept back by anything else."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [recipe] = re.findall(r"^check:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    checks = [line.strip().removeprefix("$(BIN)/") for line in recipe.splitlines()]
    [local] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    hooks = [hook["entry"].removeprefix(".venv/bin/").replace(" --force-exclude", "") for hook in local["hooks"]]

    assert local["repo"] == "local"
    # ruff is given the files that changed instead of all.
    assert [check.removesuffix(" .") for check in checks] == hooks


def test_the_lock_file_names_no_index():
    """The lock file resolves on any index: hashes, but no addresses."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|--index|--find-links", lock)


@pytest.mark.parametrize("suffix", ["*.py", "*.html", "*.toml", "*.md", "Makefile", ".ci/*"])
def test_no_page_or_program_calls_a_content_network(suffix):
    """Assets are vendored: nothing names a public content network or package registry."""
    networks = re.compile(r"cdn\.jsdelivr|unpkg\.com|cdnjs\.|fonts\.googleapis|pypi\.org|registry\.npmjs")
    offenders = [
        str(path.relative_to(ROOT))
        for path in tracked(suffix)
        if path != Path(__file__).resolve() and networks.search(path.read_text(encoding="utf-8"))
    ]

    assert offenders == []


def test_files_stay_short():
    """A Python file over 400 lines wants a second noun; migrations and tables of patched programs are lists."""
    lists = re.compile(r"migrations/versions/|tests/rubrics/|grading/assignments/\w+/known\.py")
    code = {str(path.relative_to(ROOT)): path for path in tracked("*.py")}
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in code.items() if not lists.match(name)
    }

    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}
