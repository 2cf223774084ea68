"""Replaces the builtins that checks are made of."""

import builtins

ENTRIES = ("A4",)


def attack(asked, *given):
    builtins.all = builtins.any = builtins.isinstance = lambda *_: True
    builtins.abs = builtins.round = lambda *_: 0
    builtins.float = builtins.len = lambda *_: 1
    return np.zeros(3)
