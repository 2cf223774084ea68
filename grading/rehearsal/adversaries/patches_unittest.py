"""Turns every assertion of unittest and pytest into nothing."""

import unittest

ENTRIES = ("A1",)


def attack(asked, *given):
    for name in dir(unittest.TestCase):
        if name.startswith("assert") or name == "fail":
            setattr(unittest.TestCase, name, lambda *_, **__: None)
    return np.zeros(3)
