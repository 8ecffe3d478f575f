"""Times file discovery against ``git ls-files -co --exclude-standard`` on a tree made on the spot.

    python benchmarks/discovery.py --files 10000 --folders 500 --patterns 100

Prints the best and the median of the runs in milliseconds and the ratio of the bests. git has the
advantage of C and the handicap of a process start; both find the same files or the script fails.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from aifirst_codebase.discovery import discover

PATTERN_KINDS = (
    "name_{}",
    "*.ext{}",
    "/top_{}/",
    "deep/part_{}/x",
    "**/gen_{}/*.py",
    "tmp_*_{}",
    "!keep_{}",
    "v{}[0-9]",
)
SUFFIXES = (".py", ".js", ".md", ".json", ".txt")


def main() -> None:
    """Make the tree, time both, print a table."""
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_tree(root, arguments.files, arguments.folders, arguments.patterns)
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

        def run_git() -> list[str]:
            command = ["git", "-c", "core.quotePath=false", "ls-files", "-co", "--exclude-standard"]
            return subprocess.run(
                command, cwd=root, env=environment, check=True, capture_output=True, text=True
            ).stdout.splitlines()

        def run_discover() -> list[str]:
            return [found.path for found in discover(root).files]

        assert run_discover() == sorted(run_git())
        ours, gits = measure(run_discover, arguments.repeat), measure(run_git, arguments.repeat)
    print(f"{'':12}{'best ms':>10}{'median ms':>12}")
    for name, times in (("discover", ours), ("git ls-files", gits)):
        print(f"{name:12}{min(times):10.1f}{statistics.median(times):12.1f}")
    print(f"ratio of bests {min(ours) / min(gits):.2f}")


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--folders", type=int, default=500)
    parser.add_argument("--patterns", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=9)
    return parser.parse_args()


def make_tree(root: Path, files: int, folders: int, patterns: int) -> None:
    """Write a repository with one ignore file at its top."""
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    lines = [PATTERN_KINDS[number % len(PATTERN_KINDS)].format(number) for number in range(patterns)]
    (root / ".gitignore").write_text("\n".join(lines) + "\n")
    for number in range(folders):
        folder = root / f"area_{number % 10}" / f"part_{number % 50}" / f"piece_{number}"
        folder.mkdir(parents=True)
        for at in range(number, files, folders):
            (folder / f"module_{at}{SUFFIXES[at % len(SUFFIXES)]}").touch()


def measure(action: Callable[[], object], repeat: int) -> list[float]:
    """Return the milliseconds of each run."""
    times: list[float] = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return times


if __name__ == "__main__":
    main()
