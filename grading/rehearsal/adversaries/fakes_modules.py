"""Puts fakes of the grader's modules into sys.modules and into the import statement."""

import builtins
import sys
import types

ENTRIES = ("A5",)


class Yes(types.ModuleType):
    def __getattr__(self, name):
        return lambda *_, **__: True


def attack(asked, *given):
    for name in (
        "pytest",
        "grader",
        "grading",
        "grading.pipeline",
        "grading.judge",
        "reference_models",
        "numpy.testing",
    ):
        sys.modules[name] = Yes(name)
    builtins.__import__ = lambda name, *_, **__: Yes(name)
    return 1.0
