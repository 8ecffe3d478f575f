"""Runs the quick benchmarks one after the other; each prints its own table. `make bench` calls it.

Left out: `precision.py` and `connectivity.py`, which need projects to be fetched first (their help says which).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARKS = ("validate_cold.py", "validate_unchanged.py", "discovery.py")


def main() -> int:
    """Run them; the first that fails ends the run with its exit code."""
    for name in BENCHMARKS:
        print(f"\n== {name} ==\n", flush=True)
        done = subprocess.run([sys.executable, str(Path(__file__).with_name(name))], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
