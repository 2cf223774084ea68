"""A few seconds of coverage-guided fuzzing of the parsers of strangers' bytes, where atheris comes compiled."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 3
# Within seconds a parser that is reached is tried thousands of times; one that refuses all at once would be tried less.
LEAST_TRIES = 100


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed: it comes compiled for x86_64 only")
def test_only_declared_refusals_come_out(tmp_path: Path) -> None:
    """No crash, no hang and no other exception of the wire, of notebooks or of archives, whatever the bytes."""
    options = [f"-max_total_time={SECONDS}", "-timeout=10", "-rss_limit_mb=4096", f"-artifact_prefix={tmp_path}/"]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "each", *options, "-print_final_stats=1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    [tries] = [int(line.split()[-1]) for line in ended.stderr.splitlines() if "number_of_executed_units" in line] or [0]

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert list(tmp_path.iterdir()) == []
    assert tries >= LEAST_TRIES
