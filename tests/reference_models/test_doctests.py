"""The examples in the reference models' docstrings: they are read as a textbook, so they must come out as printed."""

import doctest
import importlib
import pkgutil

import pytest

import reference_models

MODULES = [m.name for m in pkgutil.walk_packages(reference_models.__path__, "reference_models.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_come_out_as_printed(name: str) -> None:
    """Every example of the module gives what stands under it."""
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)

    assert found.failed == 0


def test_examples_are_found() -> None:
    """The modules that students' functions are held against have examples at all."""
    with_examples = {
        name
        for name in MODULES
        if any(test.examples for test in doctest.DocTestFinder().find(importlib.import_module(name)))
    }

    assert {f"reference_models.{n}" for n in ("activations", "mlp", "spiral", "optimizers")} <= with_examples
