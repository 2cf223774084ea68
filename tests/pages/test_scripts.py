"""Scripts and pages name the same things: a selector that finds nothing is an enhancement that never happens."""

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "api" / "pages"
SCRIPTS = ["app.js", "manual.js"]
TEMPLATES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((PAGES / "templates").rglob("*.html")))
QUERY = re.compile(r"""querySelector(?:All)?\((["'`])(.+?)\1\)""")
FOUND_BY_ID = re.compile(r"""getElementById\(["'](\w[\w-]*)["']\)""")


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_attribute_that_a_script_looks_for_is_on_a_page(script):
    """`form[data-submission]`, `[data-events]`: written in a template, or set by the scripts themselves."""
    source = (PAGES / "static" / script).read_text(encoding="utf-8")
    wanted = {name for _, query in QUERY.findall(source) for name in re.findall(r"\[(data-[\w-]+)", query)}
    missing = {name for name in wanted if not re.search(rf"\b{name}\b", TEMPLATES)}

    assert wanted
    assert missing == set()


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_element_that_a_script_looks_for_is_on_a_page(script):
    """Ids and classes, alone or in a selector."""
    source = (PAGES / "static" / script).read_text(encoding="utf-8")
    queries = [query for _, query in QUERY.findall(source) if "$" not in query]
    ids = {*FOUND_BY_ID.findall(source), *(name for q in queries for name in re.findall(r"#([\w-]+)", q))}
    classes = {name for q in queries for name in re.findall(r"\.([a-z][\w-]*)", q)}
    missing = {name for name in ids if not re.search(rf'id="{name}"', TEMPLATES)}
    missing |= {name for name in classes if not re.search(rf'class="[^"]*\b{name}\b', TEMPLATES)}

    assert ids
    assert missing == set()
