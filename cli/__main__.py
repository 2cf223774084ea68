"""`python -m cli` is `chainrule`."""

from cli.main import app

app()
