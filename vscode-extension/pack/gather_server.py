"""Gathers the server that the package brings along: our packages, what they need, and what starts them.

Three archives, since they change with different things and are unpacked apart: `server` is what is written in Python,
`grammars` the parsers, `arrays` NumPy, which only the memory needs. Left out is what would not fit: FAISS and the
word rows of the embedder, so that this server does not search by meaning; and the compiled token counter, which
`portable_bpe` does without.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

from fetch_wheels import PackError, fetch_wheels
from strip_library import strip_library
from targets import PYTHONS, TARGETS, Target, own_target
from third_party_notices import third_party_notices
from write_archive import write_archive

HERE: Final = Path(__file__).resolve().parent
REPOSITORY: Final = HERE.parents[1]
NOT_SERVED: Final = {"aifirst_cli", "aifirst_orchestrator"}
"""Packages of ours that the server never imports."""
ENCODINGS: Final = ("o200k_base", "cl100k_base")
LEFT_OUT: Final = {"bpe-openai", "click", "faiss-cpu", "rich", "watchfiles"}
"""Of what the project depends on: what only the command line needs, and what has no place here."""
NEEDED_BY_PYGLS: Final = ("attrs", "cattrs", "lsprotocol", "typing_extensions")
NEXT_STEP: Final = (
    "Run `make demo` in the repository once, or name a Python that has aifirst in AIFIRST_PYTHON"
)
KINDS: Final = {".py", ".so", ".pyd", ".dll", ".dylib"}
"""Files of wheels that are needed to run them."""
UNUSED: Final = re.compile(
    r"(^|/)(tests?|testing|f2py|distutils|_pyinstaller|include|\w+\.dist-info)/"
    r"|^numpy/(random|fft|polynomial|typing)/_?\w+\.(cpython|cp3)"
    r"|^numpy/_core/(_simd|_multiarray_tests|_umath_tests|_rational_tests|_operand_flag_tests|_struct_ufunc_tests)\."
    r"|^numpy/random/"
)
OURS_UNUSED: Final = {".typed", ".pyc"}
TOO_LARGE: Final = {"static.bin"}
"""The word rows of the embedder; the trees that choose lines are small and go along."""


def main() -> int:
    """Gather; what is wrong is one sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", default=own_target(), choices=sorted(TARGETS))
    parser.add_argument("--into", type=Path, required=True, help="the folder of the extension")
    parser.add_argument("--kept", type=Path, required=True, help="where wheels and archives are kept")
    parser.add_argument("--script-packages", type=Path, nargs="*", default=[], help="bundled packages of npm")
    given = parser.parse_args()
    try:
        gather(TARGETS[given.target], given.into, given.kept, given.script_packages)
    except PackError as error:
        print(f"The server could not be packed: {error}", file=sys.stderr)
        return 1
    except ImportError as error:
        print(f"The server could not be packed: {error}. {NEXT_STEP}", file=sys.stderr)
        return 1
    return 0


def gather(target: Target, into: Path, kept: Path, script_packages: Iterable[Path]) -> None:
    """Write `bundled` and the notices into the folder of the extension."""
    wheels = fetch_wheels(target, requirements(), kept)
    every = sorted({wheel for of_version in wheels.values() for wheel in of_version})
    notices = third_party_notices(every, script_packages)
    (into / "THIRD_PARTY_NOTICES.txt").write_text(notices, newline="\n")
    contents = {"server": ours(), "grammars": dict[str, bytes](), "arrays": dict[str, bytes]()}
    for name, data in files_of_wheels(wheels).items():
        inner = name.partition("/")[2]
        is_array = inner.partition("/")[0] in {"numpy", "numpy.libs"}
        contents["arrays" if is_array else "grammars" if inner.startswith("tree_sitter") else "server"][
            name
        ] = data
    bundled = into / "bundled"
    shutil.rmtree(bundled, ignore_errors=True)
    bundled.mkdir()
    with ProcessPoolExecutor(2) as pool:
        begun = [
            pool.submit(write_archive, contents[name], target, bundled / f"{name}.tar.xz", kept)
            for name in ("arrays", "grammars", "server")
        ]
        for one in begun:
            one.result()
    for name in ("start.py", "unpack.py"):
        shutil.copyfile(HERE / "bundled" / name, bundled / name)
    write_manifest(target, bundled, list(contents))


def requirements() -> list[str]:
    """What is brought along, each in the version that the project is tested with."""
    pinned = dict(
        line.split("==") for line in (REPOSITORY / "constraints.txt").read_text().split() if "==" in line
    )
    names = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in _project()["project"]["dependencies"]]
    wanted = sorted({*names, *NEEDED_BY_PYGLS} - LEFT_OUT)
    unpinned = [name for name in wanted if name not in pinned]
    if unpinned:
        raise PackError(f"constraints.txt pins no version of {', '.join(unpinned)}")
    return [f"{name}=={pinned[name]}" for name in wanted]


def ours() -> dict[str, bytes]:
    """Our own files by their place in the archive, with the data of the encodings."""
    sys.path[:0] = [str(REPOSITORY / "codebase")]
    from aifirst_codebase.tokens.derive_vocabulary import derive_vocabulary
    from aifirst_codebase.tokens.vocabulary import SUFFIX, write_vocabulary

    found: dict[str, bytes] = {"any/numpy.py": (HERE / "bundled/numpy_when_needed.py").read_bytes()}
    for package in map(Path, _project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]):
        if package.name in NOT_SERVED:
            continue
        for path in sorted((REPOSITORY / package).rglob("*")):
            if path.is_file() and path.suffix not in OURS_UNUSED and path.name not in TOO_LARGE:
                place = path.relative_to(REPOSITORY / package.parent).as_posix()
                found[f"any/{place}"] = path.read_bytes()
    for encoding in ENCODINGS:
        file = HERE / f"{encoding}{SUFFIX}"
        write_vocabulary(derive_vocabulary(encoding), file)
        found[f"any/aifirst_codebase/tokens/{file.name}"] = file.read_bytes()
        file.unlink()
    return found


def _project() -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())


def files_of_wheels(wheels: Mapping[str, list[Path]]) -> dict[str, bytes]:
    """What is needed of the wheels: under `any` what is the same for every version of Python, else under its own."""
    of_version = {version: _files_of(paths) for version, paths in wheels.items()}
    first = of_version[PYTHONS[0]]
    found: dict[str, bytes] = {}
    for version, files in of_version.items():
        tag = "cp" + version.replace(".", "")
        for name, data in files.items():
            is_shared = all(others.get(name) == data for others in of_version.values())
            if not is_shared or files is first:
                found[f"{'any' if is_shared else tag}/{name}"] = data
    return found


def _files_of(wheels: Iterable[Path]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                is_library = Path(name).suffix in KINDS or ".so." in name
                if is_library and not UNUSED.search(name):
                    found[name] = strip_library(archive.read(name))
    return found


def write_manifest(target: Target, bundled: Path, archives: Iterable[str]) -> None:
    """What `start.py` has to know: for which Python this is, and what the archives have to be."""
    sys.path[:0] = [str(REPOSITORY / "codebase")]
    from aifirst_codebase import __version__

    digests = {
        name: hashlib.sha256((bundled / f"{name}.tar.xz").read_bytes()).hexdigest() for name in archives
    }
    about = {
        "version": __version__,
        "system": target.system,
        "machines": target.machines,
        "pythons": PYTHONS,
        "archives": digests,
    }
    (bundled / "manifest.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
