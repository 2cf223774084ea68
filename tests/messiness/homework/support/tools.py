"""Handed out by the course; students seldom hand it in again."""

scale = 1.0


def double(x):
    """Twice x."""
    return 2 * x
