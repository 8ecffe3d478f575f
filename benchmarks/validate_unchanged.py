"""How long the second `aifirst validate` of 10,000 files takes when nothing changed; and `--help`.

The files are pieces of the standard library of about 60 lines, in 500 folders. The bars are 0.5 s of wall time
for the second run and 0.15 s for `--help`.

Run: python benchmarks/validate_unchanged.py [--files 10000] [--runs 5]
"""

from __future__ import annotations

import argparse
import tempfile
from itertools import cycle
from pathlib import Path

from measured import measure, python, standard_library

LINES = 60


def write_project(root: Path, files: int) -> None:
    """Write `files` different files of about 60 lines under `root`."""
    with tempfile.TemporaryDirectory() as name:
        standard_library(Path(name))
        sources = [
            path.read_text("utf-8", "replace").splitlines() for path in sorted(Path(name).rglob("*.py"))
        ]
    (root / ".gitignore").write_text("*.pyc\nbuild/\n/dist\n!keep.pyc\n")
    written = 0
    for lines in cycle(sources):
        for start in range(0, max(1, len(lines)), LINES):
            if written == files:
                return
            folder = root / f"package_{written // 20:03}"
            folder.mkdir(exist_ok=True)
            text = "\n".join([f"# piece {written}", *lines[start : start + LINES]])
            (folder / f"module_{written:05}.py").write_text(text + "\n")
            written += 1


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_project(root, chosen.files)
        (root / "aifirst.toml").write_text('preset = "balanced"\n')
        command = [python(), "-m", "aifirst_cli", "validate", "-f", "json", "-o", "findings.json"]
        print(f"{chosen.files} files\n\n{'':28}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}")
        first = measure(command, cwd=root)
        assert first.status in (0, 1), first.output
        print(f"{'first run':28}{first.wall:8.2f}{first.cpu:8.2f}{first.peak_mb:9.0f}")
        second = measure(command, cwd=root)
        rest = min((measure(command, cwd=root) for _ in range(chosen.runs)), key=lambda m: m.wall)
        print(f"{'second run':28}{second.wall:8.2f}{second.cpu:8.2f}{second.peak_mb:9.0f}")
        print(
            f"{'unchanged, best of ' + str(chosen.runs):28}{rest.wall:8.2f}{rest.cpu:8.2f}{rest.peak_mb:9.0f}"
        )
        shown = min(
            (measure([python(), "-m", "aifirst_cli", "--help"]) for _ in range(chosen.runs)),
            key=lambda m: m.wall,
        )
        print(f"{'--help':28}{shown.wall:8.3f}{shown.cpu:8.3f}{shown.peak_mb:9.0f}")


if __name__ == "__main__":
    main()
