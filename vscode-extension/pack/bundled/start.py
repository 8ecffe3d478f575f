"""Starts the server that the extension brings along: `python -I -S start.py STORAGE [options of the server]`.

Without the packages of the Python that runs it, and with nothing of the workspace on its path. It says in one sentence
why a Python cannot run it, also to versions too old to read the server, so keep to what they know.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CANNOT = 3
"""The exit code for a Python that cannot run the server."""


def main(arguments: list) -> int:
    """Serve; `--version` only tells whether this Python could."""
    sys.path[:] = [place for place in sys.path if place and Path(place) != HERE]
    problem = find_problem()
    if not problem and (not arguments or arguments[0][:1] in ("", "-")):
        problem = (
            "the bundled server is not told where to unpack itself: python -I -S start.py STORAGE [OPTIONS]"
        )
    if problem:
        print(problem, file=sys.stderr)
        return CANNOT
    unpack = load_unpack()
    options = arguments[1:]
    if "--version" in options:
        print("aifirst-lsp " + unpack.read_manifest()["version"])
        return 0
    try:
        storage = Path(arguments[0]).absolute()
        places = [str(unpack.unpacked(storage, name)) for name in ("server", "grammars")]
    except (OSError, ValueError) as error:
        print(f"the bundled server could not be unpacked: {error}", file=sys.stderr)
        return CANNOT
    sys.path[:0] = places
    os.environ["AIFIRST_BUNDLED"] = str(HERE)  # for `numpy_when_needed`, in whatever process it is imported
    os.environ["AIFIRST_BUNDLED_STORAGE"] = str(storage)
    from aifirst_lsp_server.main import main as serve

    return serve(options)


def load_unpack():
    """The module beside this one, without its folder on the path."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("aifirst_unpack", str(HERE / "unpack.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find_problem() -> str:
    """Why this Python cannot run the server, "" where it can."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.implementation.name != "cpython":
        return f"the bundled server needs CPython, this is {sys.implementation.name}"
    if sys.version_info < (3, 11):  # noqa: UP036  # what is asked here
        return f"Python {version} is too old: the bundled server needs 3.11 or newer"
    import platform

    try:
        about = load_unpack().read_manifest()
    except (OSError, ValueError) as error:
        return str(error)
    if version not in about["pythons"]:
        return f"Python {version} is too new: the bundled server knows {', '.join(about['pythons'])}"
    machine = platform.machine().lower()
    if sys.platform != about["system"] or machine not in about["machines"] or sys.maxsize < 2**32:
        wanted = f"{about['system']} {about['machines'][0]}"
        return f"the bundled server is for {wanted}, this Python is for {sys.platform} {machine}"
    if sys.version_info >= (3, 13) and not getattr(sys, "_is_gil_enabled", lambda: True)():
        return "the bundled server does not run on a free-threaded Python"
    if not is_new_enough():
        return "the bundled server needs macOS 14, or Linux with the GNU C library 2.28, or newer"
    try:
        import lzma  # noqa: F401  # what the archives are packed with; some Pythons are built without it
    except ImportError:
        return "this Python was built without lzma, which the bundled server needs"
    return ""


def is_new_enough() -> bool:
    """Whether the system is one that the libraries were built for; true where it does not say."""
    if sys.platform == "darwin":
        import platform

        version = platform.mac_ver()[0].split(".")
        return version[0] in ("", "10") or int(version[0]) >= 14  # 10.16 is what some Pythons are told of any
    if sys.platform == "linux":
        told = os.confstr("CS_GNU_LIBC_VERSION") if "CS_GNU_LIBC_VERSION" in os.confstr_names else ""
        return [int(part) for part in (told or "").rpartition(" ")[2].split(".") if part.isdigit()] >= [2, 28]
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
