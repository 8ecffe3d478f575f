"""Random edits of a project on disk, such as people and git make: for the law that an index updated step by step is
the index made anew. The same seed makes the same edits.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

_TEXTS = (".py", ".js", ".ts", ".go", ".md", ".toml", ".java")
_SETTINGS = (
    "", "[glue]\ndoctests = true\n", "[discovery]\nmax_file_bytes = 3000\n", "[discovery]\nexclude = ['pkg1*']\n",
    "[memory]\nembedder = 'none'\n", "tokenizer = 'cl100k_base'\n", "[discovery]\ngenerated = true\n",
    "[paths.'pkg*'.glue]\ndoctests = true\n",
)  # fmt: skip
_PYTHON = """\"\"\"Module {n}.\"\"\"
from pkg{a}.mod{b} import helper_{b}
import os


class Thing{n}:
    \"\"\"A thing.\"\"\"

    def run_{n}(self, value):
        # @ROLE:service calls the helper
        return helper_{b}(value) + {n}


def helper_{n}(x):
    return Thing{n}().run_{n}(x)
"""
_JAVASCRIPT = """import {{ f{b} }} from './mod{b}.js';

export function f{n}(x) {{
  // TODO: later
  return f{b}(x) + {n};
}}
"""
_SAMPLES = {
    ".py": _PYTHON,
    ".js": _JAVASCRIPT,
    ".ts": "export class Box{n} {{\n  open(x: number): number {{ return x + {n}; }}\n}}\n",
    ".go": "package main\n\nfunc Fn{n}(x int) int {{\n\treturn Fn{b}(x) + {n}\n}}\n",
    ".java": "class C{n} extends C{b} {{\n  int m{n}(int x) {{ return x + {n}; }}\n}}\n",
    ".md": "# Title {n}\n\nSee `helper_{b}` and [mod](pkg{a}/mod{b}.py).\n\n## Part {a}\n\nThe Thing{b}.\n",
    ".toml": "[table{n}]\nkey = {a}\n",
}


@contextmanager
def edits_of_copy(folder: Path, seed: int) -> Generator[RandomEdits]:
    """Edits of a scratch copy of a folder, begun, without the git and the index that it has."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "project"
        shutil.copytree(folder, root, symlinks=True, ignore=shutil.ignore_patterns(".git", ".aifirst"))
        edits = RandomEdits(root, seed)
        edits.start(40)
        yield edits


class RandomEdits:
    """Edits the project in `root`, a git repository; `changed_paths` is what the last edit touched."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)  # noqa: S311  # made to be repeated
        self.counts: dict[str, int] = {}
        self._branches = ["main"]
        self._number = 0
        self._kinds: tuple[tuple[int, Callable[[], None]], ...] = (
            (30, self.change_file), (16, self.create_file), (10, self.delete_file), (10, self.rename_file),
            (4, self.copy_file), (3, self.rename_folder), (2, self.delete_folder), (3, self.break_file),
            (2, self.touch_file), (4, self.commit), (4, self.switch_branch), (3, self.change_settings),
            (3, self.change_ignored), (2, self.write_binary), (1, self.folder_for_file), (2, self.swap_files),
        )  # fmt: skip

    def start(self, files: int) -> None:
        """Make the repository, with files of its own where it has too few."""
        self.git("init", "-q", "-b", "main")
        while len(self.files()) < files:
            self.create_file()
        self.commit()

    def step(self) -> str:
        """Make one edit; its name."""
        weights = [weight for weight, _ in self._kinds]
        (kind,) = self.random.choices([kind for _, kind in self._kinds], weights)
        kind()
        name = kind.__name__
        self.counts[name] = self.counts.get(name, 0) + 1
        return name

    def git(self, *arguments: str) -> None:
        """Run git with nobody's configuration."""
        person = {f"GIT_{who}_{what}": "ada" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = os.environ | person | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        subprocess.run(["git", *arguments], cwd=self.root, env=environment, check=True, capture_output=True)

    def files(self) -> list[Path]:
        """The source files, sorted."""
        return sorted(
            path for path in self.root.rglob("*")
            if path.suffix in _TEXTS and path.is_file() and not {".git", ".aifirst"} & set(path.parts)
            and path.name != "aifirst.toml"
        )  # fmt: skip

    def folders(self) -> list[Path]:
        """The folders below the root, sorted."""
        return sorted({file.parent for file in self.files()} - {self.root})

    def change_file(self) -> None:
        """Add to a file, take from it, or put another text in its place."""
        file = self._any_file()
        if file is None:
            return
        lines = file.read_text("utf-8", "replace").splitlines(keepends=True)
        how = self.random.random()
        if how < 0.5:
            lines.insert(self.random.randint(0, len(lines)), self._text(file.suffix))
        elif how < 0.8 and lines:
            at = self.random.randrange(len(lines))
            del lines[at : at + self.random.randint(1, 6)]
        else:
            lines = [self._text(file.suffix)]
        file.write_text("".join(lines))

    def create_file(self) -> None:
        """A new file in a folder old or new."""
        suffix = self.random.choice(_TEXTS)
        folder = self.root / f"pkg{self.random.randint(0, 12)}"
        if self.random.random() < 0.2:
            folder /= f"sub{self.random.randint(0, 3)}"
        if folder.is_file() or folder.parent.is_file():
            return
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"mod{self.random.randint(0, 40)}{suffix}"
        if not target.is_dir():
            target.write_text(self._text(suffix))

    def delete_file(self) -> None:
        """Delete a file."""
        file = self._any_file()
        if file is not None:
            file.unlink()

    def rename_file(self) -> None:
        """Move a file, over another sometimes."""
        file, folder = self._any_file(), self._any_folder()
        if file is None or folder is None:
            return
        target = folder / f"moved{self.random.randint(0, 20)}{file.suffix}"
        if not target.is_dir():
            file.rename(target)

    def copy_file(self) -> None:
        """The same content twice."""
        file = self._any_file()
        if file is None:
            return
        target = file.with_name(f"copy{self.random.randint(0, 9)}{file.suffix}")
        if target != file and not target.is_dir():
            shutil.copy(file, target)

    def swap_files(self) -> None:
        """Two files change places."""
        one, other = self._any_file(), self._any_file()
        if one is None or other is None:
            return
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)

    def rename_folder(self) -> None:
        """Move a folder with all in it."""
        folder = self._any_folder()
        target = self.root / f"pkg{self.random.randint(0, 20)}"
        if folder is not None and not target.exists():
            folder.rename(target)

    def delete_folder(self) -> None:
        """Delete a folder with all in it."""
        folder = self._any_folder()
        if folder is not None and len(self.folders()) > 3:
            shutil.rmtree(folder)

    def folder_for_file(self) -> None:
        """A folder in the place of a file."""
        file = self._any_file()
        if file is not None:
            file.unlink()
            file.mkdir()
            (file / "inner.py").write_text(self._text(".py"))

    def break_file(self) -> None:
        """Cut a file off in the middle."""
        file = self._any_file()
        if file is not None:
            raw = file.read_bytes()
            file.write_bytes(raw[: self.random.randint(0, len(raw))])

    def write_binary(self) -> None:
        """Bytes that are no text, in the place of a text."""
        file = self._any_file()
        if file is not None:
            file.write_bytes(b"\0\1\2" + file.read_bytes()[:50])

    def touch_file(self) -> None:
        """New times, old content."""
        file = self._any_file()
        if file is not None:
            file.touch()

    def commit(self) -> None:
        """Commit everything."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"Change {self._next()}: rework the helper")

    def switch_branch(self) -> None:
        """Commit, then go to another branch or begin one."""
        self.commit()
        if self.random.random() < 0.4:
            name = f"branch{self._next()}"
            self._branches.append(name)
            self.git("checkout", "-q", "-b", name)
            return
        self.git("checkout", "-q", "-f", self.random.choice(self._branches))

    def change_settings(self) -> None:
        """Another aifirst.toml, of the project or of a folder, or none."""
        folder = self.root if self.random.random() < 0.6 else self._any_folder() or self.root
        (folder / "aifirst.toml").write_text(self.random.choice(_SETTINGS[: 8 if folder == self.root else 2]))

    def change_ignored(self) -> None:
        """Another .gitignore."""
        name = self.random.choice(("", "*.md\n", "pkg2/\n", "copy*\n!copy1.py\n", "mod1*.py\n"))
        (self.root / self.random.choice((".gitignore", ".aifirstignore"))).write_text(name)

    def _any_file(self) -> Path | None:
        files = self.files()
        return self.random.choice(files) if files else None

    def _any_folder(self) -> Path | None:
        folders = self.folders()
        return self.random.choice(folders) if folders else None

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _text(self, suffix: str) -> str:
        a, b = self.random.randint(0, 12), self.random.randint(0, 40)
        return _SAMPLES[suffix].format(n=self.random.randint(0, 40), a=a, b=b)
