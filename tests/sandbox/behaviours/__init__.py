"""The behaviours of `conformance`, by topic. Importing this package lists all of them."""

from tests.sandbox.behaviours import answering, endings, limits, neighbours, reach, secrets

__all__ = ["answering", "endings", "limits", "neighbours", "reach", "secrets"]
