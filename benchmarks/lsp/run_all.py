"""All that the page of results says of the language server, in one run: waits beside others, rest, background, memory.

    python benchmarks/lsp/run_all.py CHECKOUT --peers FOLDER > results.txt

CHECKOUT is a work tree of django without an index, FOLDER the `bin` of an environment with ruff, ty, basedpyright and
jedi-language-server. Half an hour on a quiet machine with two cores.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

import latency


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--rest", type=float, default=60.0)
    given = parser.parse_args()
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n",
        flush=True,
    )
    latency.measure(given.checkout, given.peers, None, None, given.rounds)
    script = Path(__file__).with_name("memory.py")
    subprocess.run([sys.executable, script, given.checkout, "--rest", str(given.rest)], check=True)
    print(f"\nload at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
