"""`python -m aifirst_orchestrator.sandbox -- COMMAND`: run one command in the sandbox, or see what this machine has."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import MEBIBYTE, Limits
from aifirst_orchestrator.sandbox.open_sandbox import open_sandbox
from aifirst_orchestrator.sandbox.outcome import Outcome
from aifirst_orchestrator.sandbox.probe import probe
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError

_LIMIT_ENDED = 124  # as timeout(1) says it
_REFUSED = 125


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the status is the command's, 124 where a limit ended it, 125 where nothing ran."""
    options = _parser().parse_args(arguments)
    if options.probe:
        return _show_probe(options.image)
    if not options.command:
        print("Name a command after --, or ask with --probe.", file=sys.stderr)
        return 2
    try:
        # Before anything is tried: what is asked for may make no sense.
        job = _job(options)
        sandbox = open_sandbox(options.sandbox, options.image)
        outcome = sandbox.run(job)
    except (SandboxRefusedError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return _REFUSED
    return _show(outcome, sandbox.name)


def _job(options: argparse.Namespace) -> Job:
    """The job of the command line; ValueError where it asks for what no sandbox gives."""
    files: dict[str, bytes | Path] = {path.name: path for path in options.file}
    if len(files) < len(options.file):
        raise ValueError("Two files of --file have one name, and both would lie in one folder: rename one.")
    return Job(
        command=tuple(options.command),
        files=files,
        visible=tuple(path.absolute() for path in options.visible),
        limits=Limits(
            wall_seconds=options.seconds,
            cpu_seconds=options.seconds,
            memory_bytes=options.memory * MEBIBYTE,
            disk_bytes=options.disk * MEBIBYTE,
            processes=options.processes,
        ),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aifirst_orchestrator.sandbox", description=__doc__)
    parser.add_argument("--probe", action="store_true", help="say what this machine has, and run nothing")
    parser.add_argument(
        "--sandbox", choices=("auto", "bubblewrap", "container", "unsafe"), default="auto",
        help="what protects (default: bubblewrap, else a container)",
    )  # fmt: skip
    parser.add_argument("--image", help="the image of the container; never downloaded")
    parser.add_argument(
        "--file", type=Path, action="append", default=[], help="a file to put in; may be repeated"
    )
    parser.add_argument(
        "--visible", type=Path, action="append", default=[],
        help="a folder to show read-only at its own path; may be repeated",
    )  # fmt: skip
    parser.add_argument("--seconds", type=float, default=10.0, help="wall and CPU time (default 10)")
    parser.add_argument("--memory", type=int, default=512, help="MiB of all processes together (default 512)")
    parser.add_argument("--disk", type=int, default=64, help="MiB of /tmp (default 64)")
    parser.add_argument("--processes", type=int, default=64, help="processes and threads (default 64)")
    parser.add_argument("command", nargs="*", help="the command, after --")
    return parser


def _show_probe(image: str | None) -> int:
    """Print what was found; status 0 if something protects here, else 1."""
    found = probe(image)
    for row in found:
        step = f" {row.next_step}" if row.next_step else ""
        print(f"{row.name:14} {'yes' if row.there else 'no ':4} {row.message}{step}")
    return 0 if any(row.there for row in found if row.name in {"bubblewrap", "container"}) else 1


def _show(outcome: Outcome, name: str) -> int:
    """Pass on what the command printed, and say on standard error how it ended and what it changed."""
    sys.stdout.buffer.write(outcome.stdout)
    sys.stdout.flush()
    sys.stderr.buffer.write(outcome.stderr)
    sys.stderr.flush()
    how = (
        f"status {outcome.status}" if outcome.ending == "exited" else f"ended by the limit: {outcome.ending}"
    )
    changed = "".join(f"\n  {change.kind} {_shown(change.path)}" for change in outcome.changes or ())
    if outcome.unreported:
        changed += f"\n  and {outcome.unreported} that could not be read or listed"
    print(f"[{name}] {how}, {outcome.seconds:.2f} s{changed}", file=sys.stderr)
    return _LIMIT_ENDED if outcome.status is None else outcome.status


def _shown(name: str) -> str:
    """The name without what would steer a terminal or feign a line; whoever ran inside chose it."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in name
    )


if __name__ == "__main__":
    raise SystemExit(main())
