"""Coverage-guided fuzzing of what takes in strangers' bytes: seconds of it in the slow tests, more by hand.

    make fuzz                                        # each target for FUZZ_S seconds
    python -m tests.fuzz wire -max_total_time=60     # options are libFuzzer's

Targets: wire, notebook, zip; each: the same bytes for all three. Hypothesis tries the same laws in every test run
(`tests/sandbox`, `tests/intake`).
"""
