"""A rehearsal in words and tables, for a person: what went wrong in full, what went right in numbers."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grading.domain.printable import clean
from grading.rehearsal.gate import GateResult
from grading.rehearsal.performances import Met
from grading.rehearsal.samples import MIB, Sample

PIPE_WIDTH = 160
"""A pipe has no width; names that are cut short help nobody."""


def show_outcome(outcome: GateResult) -> None:
    """Print the outcome."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPE_WIDTH)
    rehearsal = outcome.rehearsal
    console.print(f"[bold]{outcome.slug}[/bold]")
    off = [met for met in outcome.mistakes if met.named < met.seeds or met.caught < met.seeds]
    if off:
        console.print(_mistakes(off))
    if outcome.samples:
        console.print(_samples(outcome.samples))
    if outcome.hostiles.tried:
        console.print(f"Hostile students: {outcome.hostiles.tried}, of whom {len(outcome.hostiles.blocked)} block.")
    if outcome.attacked.tried:
        console.print(f"Attacks on the grader: {outcome.attacked.tried}, of which {len(outcome.attacked.gained)} gain.")
        console.print(f"Processor and GPU: {outcome.devices.skipped or _compared(outcome)}")
    if outcome.known.seeds:
        console.print(
            f"Known submissions, on {_count(outcome.known.seeds, 'seed')} in {outcome.known.boxes} "
            f"box{'es' * (outcome.known.boxes > 1)} each: {len(outcome.known.mistakes)} wrong; "
            f"{len(outcome.known.right)} right, of which {outcome.known.always_right} keep every point."
        )
    console.print(
        f"Right answers: {sum(r.good for r in rehearsal.performances if r.role != 'mistake')} of "
        f"{sum(r.role != 'mistake' for r in rehearsal.performances)} performances pass on every seed."
    )
    console.print(
        f"Known mistakes: {len(outcome.mistakes)}. Mutation score: {float(outcome.caught):.1%} caught "
        f"(needed {outcome.gate.caught:.1%}), {float(outcome.named):.1%} named (needed {outcome.gate.named:.1%})."
    )
    for said in outcome.shortcomings:
        console.print(f"[red]wrong[/red]  {escape(clean(said))}")
    console.print(f"It took {outcome.seconds:.0f} s.")
    if not outcome.good:
        console.print("[red]Not fit to publish.[/red]")
    elif outcome.boxed:
        console.print("Fit to publish.")
    else:
        console.print("Good so far: samples, known submissions, hostile students and attacks take boxes.")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number > 1)}"


def _compared(outcome: GateResult) -> str:
    return f"{outcome.devices.compared} reports compared, {len(outcome.devices.differing)} criteria differ."


def _mistakes(found: list[Met]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("criterion", "mistake", "caught", "named", "remark"):
        table.add_column(heading)
    for met in found:
        remark = f"named {', '.join(met.instead)} instead" if met.instead else ""
        if met.caught < met.seeds:
            remark = f"keeps its points: ask something that shows it. {remark}"
        table.add_row(met.criterion, met.mistake, f"{met.caught}/{met.seeds}", f"{met.named}/{met.seeds}", remark)
    return table


def _samples(found: tuple[Sample, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "sample", "seeds", "seconds", "memory"):
        table.add_column(heading)
    for sample in found:
        verdict = "[green]good[/green]" if sample.good else "[red]wrong[/red]"
        used = (f"{sample.slowest_s:.1f}", f"{sample.peak_bytes / MIB:.0f} MiB") if sample.peak_bytes else ("", "")
        table.add_row(verdict, sample.name, str(sample.seeds), *used)
    return table
