"""Leaves work for the moment when everything is over: atexit, finalizers, __del__, a last thread."""

import atexit
import os
import sys
import weakref

ENTRIES = ("A14",)
RESULTS = ("/autograder/results/results.json", "results.json", "/tmp/chainrule-was-here.json", "../chainrule-was-here")


def last_words(*_):
    for path in RESULTS:
        tried(lambda: open(path, "w").write('{"score": 10}'))
    for number in range(3, 64):
        tried(os.write, number, b'{"score": 10}')


class Late:
    def __del__(self):
        last_words()


def attack(asked, *given):
    atexit.register(last_words)
    late = Late()
    weakref.finalize(late, last_words)
    sys.modules["late"] = late
    return Late()
