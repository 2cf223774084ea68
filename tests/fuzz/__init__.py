"""Coverage-guided fuzzing of what takes in strangers' bytes; by hand, since it has no natural end.

    uv pip install atheris==3.0.0
    python -m tests.fuzz wire -max_total_time=60

Targets: wire, notebook, zip. Hypothesis tries the same laws in every test run (`tests/sandbox`, `tests/intake`).
"""
