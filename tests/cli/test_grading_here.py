"""`chainrule grade`: exit codes, what is printed where, and batches."""

import json
import subprocess
import sys

import pytest


def test_json_is_the_report_and_nothing_else(run, judge, submitted):
    """Standard output is one JSON document, the report."""
    ended = run("grade", submitted(), "--assignment", "nets-hw1", "--json", "--seed", 7)

    assert ended.exit_code == 0
    report = json.loads(ended.stdout)
    assert (report["schema"], report["score"], report["run"]["seed"]) == ("chainrule.report/1", 2.0, 7)
    assert ended.stderr == ""


def test_any_score_is_graded(run, judge, submitted):
    """Exit code 0 says graded, not right."""
    assert run("grade", submitted("#wrong\n"), "--assignment", "nets-hw1", "--json").exit_code == 0


def test_people_read_a_table(run, judge, submitted):
    """Title, row, finding, named mistake and score are there; what students wrote cannot repaint the terminal."""
    ended = run("grade", submitted("#wrong\n"), "--assignment", "nets-hw1")

    for words in ("Nets", "failed", "Forward", "0 of 2", "bad [31m[red]news", "known mistake: sign", "Score 0 of 2"):
        assert words in ended.stdout
    assert "\x1b[31m" not in ended.stdout


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("#not-a-submission\n", 2, "nets.py: is broken"),
        ("#house-fault\n", 3, "our fault"),
        ("#rubric-fault\n", 3, "its author must act"),
    ],
)
def test_exit_codes_say_who_must_act(run, judge, submitted, content, code, said):
    """2: the student; 3: the author or we. Standard output stays empty for the program that reads it."""
    ended = run("grade", submitted(content), "--assignment", "nets-hw1", "--json")

    assert (ended.exit_code, ended.stdout) == (code, "")
    assert said in ended.stderr


def test_a_run_that_met_our_fault_is_tried_again(run, judge, submitted):
    """One judge that dies costs the student nothing."""
    ended = run("grade", submitted("#house-fault once\n"), "--assignment", "nets-hw1", "--json")

    assert ended.exit_code == 0
    assert len(judge.runs) == 2


def test_a_report_with_an_error_is_printed_but_no_success(run, judge, submitted):
    """What could be graded is shown; the exit code says that the score is not final."""
    ended = run("grade", submitted("#unfinished\n"), "--assignment", "nets-hw1", "--json")

    assert ended.exit_code == 3
    assert json.loads(ended.stdout)["final"] is False
    assert len(judge.runs) == 2


def test_an_unknown_assignment_is_named_with_those_there_are(run, judge, submitted):
    """The remedy stands in the complaint."""
    ended = run("grade", submitted(), "--assignment", "nets-hw9")

    assert ended.exit_code == 2
    assert "nets-hw1" in ended.stderr


def test_a_device_the_assignment_does_not_take_is_refused(run, judge, submitted):
    """The remedy stands in the complaint."""
    ended = run("grade", submitted(), "--assignment", "nets-hw1", "--device", "cuda")

    assert ended.exit_code == 2
    assert "It takes: cpu" in ended.stderr


def test_a_path_that_leads_nowhere_is_named(run, judge, tmp_path):
    """Exit code 2, and the path as it was given."""
    ended = run("grade", tmp_path / "nothing.py", "--assignment", "nets-hw1")

    assert ended.exit_code == 2
    assert "nothing.py" in ended.stderr


def test_figures_are_written_under_safe_names(run, judge, submitted, tmp_path):
    """A figure's id decides the file's name, never its folder."""
    run("grade", submitted(), "--assignment", "nets-hw1", "--json", "--figures", tmp_path / "figures")

    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["boundary-..-x.png"]


def test_a_batch_prints_one_line_for_each_entry_in_order(run, judge, submitted, tmp_path):
    """Names decide the order; an entry that is no submission gets its line and the rest goes on."""
    submitted(name="batch/carol/nets.py")
    submitted("#not-a-submission\n", name="batch/bob/nets.py")
    submitted("#wrong\n", name="batch/alice.py")
    submitted(name="batch/.hidden")
    ended = run("grade", "--batch", tmp_path / "batch", "--assignment", "nets-hw1", "--json")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]

    assert ended.exit_code == 0
    assert [line["entry"] for line in lines] == ["alice.py", "bob", "carol"]
    assert lines[0]["score"] == 0.0
    assert lines[1]["error"]["code"] == "broken"
    assert lines[2]["score"] == 2.0


def test_a_batch_with_a_fault_of_ours_says_so(run, judge, submitted, tmp_path):
    """Exit code 3: somebody has to look, though every other line is there."""
    submitted("#house-fault\n", name="batch/a.py")
    submitted(name="batch/b.py")
    ended = run("grade", "--batch", tmp_path / "batch", "--assignment", "nets-hw1", "--json")

    assert ended.exit_code == 3
    assert len(ended.stdout.splitlines()) == 2


def test_an_empty_batch_is_no_success(run, judge, tmp_path):
    """A wrong folder does not pass for a graded class."""
    (tmp_path / "batch").mkdir()

    assert run("grade", "--batch", tmp_path / "batch", "--assignment", "nets-hw1", "--json").exit_code == 2


def test_the_command_starts_without_torch():
    """Neither the list of commands nor their modules load torch or the web framework."""
    program = "import sys, cli.main; print([m for m in ('torch', 'fastapi', 'sqlalchemy', 'rich') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
