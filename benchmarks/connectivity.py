"""Does token connectivity tell a file's own comments and ticket from another file's? Error rates on real code.

    python benchmarks/connectivity_corpora.py CORPORA      once: get the projects
    python benchmarks/connectivity.py CORPORA              the controls of docs/connectivity.md
    python benchmarks/connectivity.py CORPORA --background counts the background table again
    python benchmarks/connectivity.py CORPORA --fit        fits the weights again and prints them

Controls: a file as it is must pass; a file with all its comments replaced by those of another file must fail
(`foreign`: any file of another project; `project`: any other file of the project; `neighbour`: the next file of
the same folder); a file with the ticket of another one must fail, likewise. Comments are really replaced in the
text and the text is read again. Test folders, generated files and tables are left out.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aifirst_validator.connectivity import background as table
from aifirst_validator.connectivity import carry as measure
from aifirst_validator.connectivity.weights import KINDS, TICKET_KINDS
from connectivity_corpora import PROJECTS, Project, project_folder
from connectivity_fit import count_background, fit
from connectivity_samples import (
    Sample,
    foreign_pairs,
    layers_of,
    load,
    neighbour_pairs,
    project_pairs,
    with_comments_of,
)
from connectivity_tickets import (
    TicketPair,
    TicketSample,
    foreign_tickets,
    neighbour_tickets,
    project_tickets,
    thinned,
    ticket_layers,
    ticket_samples,
)

OWN_FAILING = 0.06
"""Share of untouched tuning files on the wrong side of the border."""
OWN_TICKETS_FAILING = 0.015
"""Likewise for tickets; lower, because made tickets vary more from project to project."""
BORDER = 0.5


Measured = tuple[measure.Carry, ...]


@dataclass(frozen=True)
class Control:
    """The carries of one project: untouched, and with the text of a stranger from each distance."""

    own: Measured
    foreign: Measured
    project: Measured
    neighbour: Measured


Controls = dict[str, Control]
DISTANCES = ("foreign", "project", "neighbour")


def glue_control(samples: Sequence[Sample], pool: Sequence[Sample]) -> Control:
    """Comments: untouched, of another project's file, of another file, of the neighbouring file."""
    known = table.load_background()

    def strange(pairs: list[tuple[Sample, Sample]]) -> Measured:
        return tuple(measure.carry_of_glue(with_comments_of(a, b), known) for a, b in pairs)

    return Control(
        tuple(measure.carry_of_glue(sample.layers, known) for sample in samples),
        strange(foreign_pairs(samples, pool)), strange(project_pairs(samples)), strange(neighbour_pairs(samples)),
    )  # fmt: skip


def ticket_control(samples: Sequence[TicketSample], pool: Sequence[TicketSample]) -> Control:
    """Tickets, likewise."""
    known = table.load_background()

    def judge(pairs: Iterable[TicketPair]) -> Measured:
        found: list[measure.Carry] = []
        for sample, giver in pairs:
            layers = ticket_layers(sample, giver.ticket)
            if layers.ticket is not None:
                found.append(measure.carry_of_ticket(layers, known))
        return tuple(found)

    return Control(
        judge((sample, sample) for sample in samples), judge(foreign_tickets(samples, pool)),
        judge(project_tickets(samples)), judge(neighbour_tickets(samples)),
    )  # fmt: skip


def judged(carries: Measured) -> Measured:
    """Those with enough to judge."""
    return tuple(carry for carry in carries if carry.score is not None)


def _classes(controls: Controls) -> tuple[Measured, Measured]:
    """The judged carries of untouched texts, and of a stranger's within the project."""
    return (
        judged(tuple(carry for control in controls.values() for carry in control.own)),
        judged(tuple(carry for each in controls.values() for carry in each.project + each.neighbour)),
    )


def share_failing(carries: Measured, border: float) -> float:
    """The share of the judged below the border."""
    known = judged(carries)
    return (
        sum(carry.score < border for carry in known if carry.score is not None) / len(known) if known else 0.0
    )


def report(title: str, controls: Controls, splits: dict[str, str], border: float) -> None:
    """One line a project, then one a split: share caught, and of how many judged."""
    print(f"\n{title} (border {border})")
    print(f"{'project':<12}{'split':<8}{'files':>6}{'judged':>8}{'own fails':>11}"
          + "".join(f"{distance:>18}" for distance in DISTANCES))  # fmt: skip
    rows = [(name, splits[name], [control]) for name, control in controls.items()]
    rows += [
        (f"ALL {split}", split, [c for name, c in controls.items() if splits[name] == split])
        for split in ("table", "tuning", "test")
    ]
    for name, split, group in rows:
        own = tuple(carry for control in group for carry in control.own)
        if not own:
            continue
        line = f"{name:<12}{split:<8}{len(own):>6}{len(judged(own)) / len(own):>8.1%}{share_failing(own, border):>11.1%}"
        for distance in DISTANCES:
            strange = tuple(carry for control in group for carry in getattr(control, distance))
            line += f"{share_failing(strange, border):>10.1%} of {len(judged(strange)):>4}"
        print(line)


def report_plain(controls: Controls, splits: dict[str, str]) -> None:
    """The best that plain top-20 carry does: its border set so that 5 % of the untouched files fail."""
    print("\nplain top-20 carry, border chosen on the same files so that at most 5 % of the untouched fail")
    for split in ("tuning", "test"):
        group = [control for name, control in controls.items() if splits[name] == split]
        own = sorted(carry.plain for control in group for carry in judged(control.own))
        border = own[len(own) // 20] if own else 0.0
        line = f"{split:<12}border {border:.2f}"
        for distance in DISTANCES:
            known = [carry for control in group for carry in judged(getattr(control, distance))]
            line += f"  {distance} {sum(carry.plain < border for carry in known) / max(1, len(known)):.1%}"
        print(line)


def report_speed(samples: Sequence[Sample]) -> None:
    """Milliseconds a file, layers and carry together, reading left out."""
    known = table.load_background()
    started = time.process_time()
    for sample in samples:
        measure.carry_of_glue(layers_of(sample.reading), known)
    spent = time.process_time() - started
    size = sum(len(sample.reading.data) for sample in samples)
    print(
        f"\nspeed: {1000 * spent / len(samples):.2f} ms a file of {size / len(samples) / 1000:.1f} kB on average"
    )


def write_background(projects: Sequence[Project], corpora: Path) -> None:
    """Count the table again and say its digest."""
    text = count_background([s for p in projects if p.split == "table" for s in load(p, corpora)])
    table.table_path().write_text(text, encoding="ascii")
    print(f"{text.count(chr(10)) - 2} terms; TABLE_DIGEST = {hashlib.sha256(text.encode()).hexdigest()!r}")


def measure_all(
    projects: Sequence[Project], corpora: Path, *, only_tuning: bool
) -> tuple[Controls, Controls]:
    """The controls of comments and of tickets by project."""
    files = {project.name: load(project, corpora) for project in projects}
    tickets = {name: thinned(ticket_samples(samples)) for name, samples in files.items()}
    pool = [sample for samples in files.values() for sample in samples]
    stock = [sample for samples in tickets.values() for sample in samples]
    wanted = [project.name for project in projects if project.split == "tuning" or not only_tuning]
    return (
        {name: glue_control(files[name], pool) for name in wanted},
        {name: ticket_control(tickets[name], stock) for name in wanted},
    )


def main() -> None:
    """Parse the command line and do what it asks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--background", action="store_true", help="count the background table again")
    parser.add_argument("--fit", action="store_true", help="fit the weights again and print them")
    options = parser.parse_args()
    corpora: Path = options.corpora
    present = [project for project in PROJECTS if project_folder(project, corpora).is_dir()]
    missing = sorted({project.name for project in PROJECTS} - {project.name for project in present})
    if missing:
        print(f"missing, left out: {', '.join(missing)}")
    if options.background:
        write_background(present, corpora)
        return
    comments, tickets = measure_all(present, corpora, only_tuning=options.fit)
    if options.fit:
        print("GLUE", fit(*_classes(comments), KINDS, OWN_FAILING))
        print("TICKET", fit(*_classes(tickets), TICKET_KINDS, OWN_TICKETS_FAILING))
        return
    splits = {project.name: str(project.split) for project in present}
    report("comments of another file", comments, splits, BORDER)
    report("ticket of another file", tickets, splits, BORDER)
    report_plain(comments, splits)
    report_speed(load(next(project for project in present if project.name == "stdlib"), corpora))


if __name__ == "__main__":
    main()
