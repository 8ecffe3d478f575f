"""What `make demo` shows: code judged, found, given to a model, drawn, compiled, compressed, and written.

    python examples/demo.py [FOLDER]

Everything runs on this machine, without a network; what is judged is copied to FOLDER first, `.demo` if none is
given. Each command is printed as a person would type it. Exit code 0 where all of it went as it should.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from email import __file__ as email_file
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PROGRAM = Path(sys.executable).with_name("aifirst")


def main(arguments: list[str]) -> int:
    """Run the demo; returns its exit code."""
    name = arguments[0] if arguments else ".demo"
    prepare(ROOT / name)
    tell("A small project in the AI-First style: tickets, tags, one function a file. Some flaws are seeded.")
    run("check", f"{name}/quote", expected=1)

    tell("What one of the findings says. The lines are there to be acted on.")
    run("validate", f"{name}/quote", "--only", "AF513", expected=1)

    tell("An agent was asked for another discount. Its numbers are right; see what it forgot.")
    file = "quote/apply_volume_discount.py"
    run(
        "validate",
        "--pair",
        f"{name}/quote/{file}",
        "examples/quote_edit/apply_volume_discount.py",
        expected=1,
    )

    tell("Real code that has never heard of AI-First: the packages json and email of the standard library.")
    run("check", f"{name}/standard_library", expected=1)
    print(flush=True)
    run("report", f"{name}/standard_library", "-o", f"{name}/report.html", expected=0)

    tell("Where something is in it, found by its meaning; the index is made on the way.")
    run("search", "where is a long header folded", f"{name}/standard_library", "-k", "3", expected=0)

    tell("What a model has to know before it edits a file, within 600 tokens.")
    run("context", "--file", f"{name}/quote/{file}", "--budget", "600", expected=0)

    tell("What breaks if a class of the library changes, and which tests to run.")
    run("impact", f"{name}/standard_library/email/policy.py::EmailPolicy", expected=0)
    print(flush=True)
    run("graph", f"{name}/standard_library", "-o", f"{name}/graph.html", expected=0)

    tell("What ships: the same code without its glue, proved, and tested on both sides.")
    command = (
        "compile",
        f"{name}/quote/quote",
        "-o",
        f"{name}/compiled",
        "--stats",
        "--verify",
        "python -m pytest -q",
    )
    run(*command, expected=0)
    print(flush=True)
    run("compile", f"{name}/quote", "--assemble", "price_quote", "-o", f"{name}/price_quote.py", expected=0)

    tell(
        "What a prompt holds: all logic of the library in fewer tokens, and back from that exactly; or signatures alone."
    )
    run("compress", f"{name}/standard_library", "-o", f"{name}/library.aiccl", expected=0)
    print(flush=True)
    run("expand", f"{name}/library.aiccl", "-o", f"{name}/expanded", "--overwrite", expected=0)
    print(flush=True)
    run("compress", f"{name}/standard_library", "-r", "outline", "-o", f"{name}/outline.aiccl", expected=0)

    tell("A specification: which units it comes to, who meets which requirement, what has to be there first.")
    run("tickets", "examples/cart/cart.md", expected=0)
    write_code(name)

    tell(
        f"Open {name}/report.html in a browser: sizes, glue by folder, the worst offenders, every finding.\n"
        f"Open {name}/graph.html: what depends on what; zoom in, search with /, ask for the keys with ?\n"
        "Then go to a project of your own and run: aifirst check"
    )
    return 0


def write_code(name: str) -> None:
    """Have a scripted model write the specification, where there is a sandbox to test what it writes in."""
    probe = subprocess.run(
        [sys.executable, "-m", "aifirst_orchestrator.sandbox", "--", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    if probe.returncode:
        tell(
            f"Its code is not written here, since there is no sandbox to test it in.\n{probe.stderr.strip()}"
        )
        return
    tell("Its code, by a model that is a script with two slips: judged, tested in a sandbox, mended, traced.")
    script = {"AIFIRST_MODEL_BACKEND": "scripted", "AIFIRST_MODEL_SCRIPT": "examples/cart/answers.json"}
    run("generate", "examples/cart/cart.md", "-o", f"{name}/cart", "--yes", expected=0, **script)


def prepare(place: Path) -> None:
    """Copy what is judged to `place`, each as a project of its own."""
    for project in ("quote", "standard_library", "compiled", "expanded", "cart"):
        shutil.rmtree(place / project, ignore_errors=True)
    shutil.copytree(HERE / "quote", place / "quote", ignore=shutil.ignore_patterns("__pycache__"))
    library = Path(email_file).parent.parent
    for package in ("email", "json"):
        shutil.copytree(
            library / package,
            place / "standard_library" / package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    for project in ("quote", "standard_library"):
        (place / project / ".git").mkdir()  # where a project begins; nothing in this folder belongs to it


def tell(text: str) -> None:
    """Say what comes next."""
    line = "─" * 78 if (sys.stdout.encoding or "").lower().startswith("utf") else "-" * 78
    print(f"\n{line}\n{text}\n", flush=True)


def run(*arguments: str, expected: int, **environment: str) -> None:
    """Show and run a command; end the demo where it does not end as it should."""
    settings = "".join(f"{variable}={shlex.quote(value)} " for variable, value in environment.items())
    print(f"$ {settings}aifirst {shlex.join(arguments)}\n", flush=True)
    code = subprocess.run(
        [PROGRAM, *arguments], cwd=ROOT, check=False, env=settled() | environment
    ).returncode
    if code != expected:
        sys.exit(f"aifirst ended with {code} where {expected} was expected. Run .venv/bin/aifirst doctor.")


def settled() -> dict[str, str]:
    """The environment without what would change the colours of a demo that is piped; `python` is this one."""
    plain = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    return plain | {"PATH": f"{PROGRAM.parent}{os.pathsep}{plain.get('PATH', '')}"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
