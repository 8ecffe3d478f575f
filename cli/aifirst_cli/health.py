"""The checks of `aifirst doctor`, each a function that looks at one thing and says the next step."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import msgspec
from aifirst_codebase.byte_size import show_bytes

State = Literal["well", "note", "wrong"]
_SAMPLE: Final = "def add(left, right):\n    return left + right  # caf\u00e9 \u65e5\u672c\n"
_SAMPLE_TOKENS: Final = {"o200k_base": 16, "cl100k_base": 17}


class Check(msgspec.Struct, frozen=True):
    """The outcome of one check; `next_step` is empty where all is well."""

    name: str
    state: State
    message: str
    next_step: str = ""


def examine(root: Path) -> list[Check]:
    """Every check, in a fixed order; one that fails does not stop the others."""
    checks: list[Callable[[], Check]] = [
        _interpreter, _languages, _tokenizers, _hugging_face, _git, lambda: _settings(root), _rules,
        lambda: _cache(root), lambda: _embedder(root), lambda: _index(root), _script_tools, _language_server, _models,
    ]  # fmt: skip
    return [check() for check in checks]


def _interpreter() -> Check:
    from aifirst_codebase import __version__

    version = ".".join(str(part) for part in sys.version_info[:3])
    return Check("program", "well", f"aifirst {__version__}, Python {version}, {sys.platform}")


def _languages() -> Check:
    from aifirst_codebase.languages import all_languages

    broken: list[str] = []
    for name, language in all_languages().items():
        try:
            language.parser.parse(b"")
            _ = language.reading_query
        except (ImportError, ValueError, TypeError, SyntaxError) as error:
            broken.append(f"{name} ({error})")
    if broken:
        return Check(
            "languages",
            "wrong",
            f"not usable: {', '.join(broken)}",
            "Install aifirst again: pip install --force-reinstall aifirst",
        )
    return Check("languages", "well", f"{len(all_languages())}: {', '.join(all_languages())}")


def _tokenizers() -> Check:
    from aifirst_codebase.tokens import get_counter

    for name, tokens in _SAMPLE_TOKENS.items():
        try:
            counted = get_counter(name).count(_SAMPLE)
        except (ImportError, OSError) as error:
            return Check(
                "tokenizer",
                "wrong",
                f"{name} cannot be loaded: {error}",
                "pip install --force-reinstall bpe-openai",
            )
        if counted != tokens:
            return Check(
                "tokenizer",
                "wrong",
                f"{name} counts {counted} tokens where {tokens} are",
                "pip install --force-reinstall bpe-openai",
            )
    return Check("tokenizer", "well", f"{' and '.join(_SAMPLE_TOKENS)} count exactly, offline")


def _hugging_face() -> Check:
    from importlib.util import find_spec

    if find_spec("tokenizers") is None:
        return Check(
            "other tokenizers",
            "note",
            "a tokenizer.json cannot be used",
            "pip install 'aifirst[tokenizers]' if you need it",
        )
    return Check("other tokenizers", "well", "any Hugging Face tokenizer.json can be used")


def _git() -> Check:
    program = shutil.which("git")
    if program is None:
        return Check("git", "note", "git is not on the path: --diff and --staged cannot work", "Install git.")
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Check("git", "wrong", f"{program} does not answer: {error}", "Install git again.")
    return Check("git", "well", answer.stdout.strip())


def _settings(root: Path) -> Check:
    from aifirst_codebase.config import ConfigError, find_root, load_config
    from aifirst_validator.rule_set import RuleSetError, load_rules

    project = find_root(root)
    try:
        config = load_config(project)
        unknown = config.unknown_rules(load_rules().names)
    except (ConfigError, RuleSetError) as error:
        return Check(
            "settings", "wrong", str(error), "Mend the file; `aifirst config schema` says what it may hold."
        )
    problems = [str(problem) for problem in (*config.warnings, *unknown)]
    if problems:
        return Check("settings", "note", "; ".join(problems), "`aifirst config show` shows what holds.")
    return Check("settings", "well", f"{project}, preset {config.settings.preset}")


def _rules() -> Check:
    from aifirst_validator.rule_set import RuleSetError, load_rules

    try:
        rules = load_rules()
    except RuleSetError as error:
        return Check("rules", "wrong", str(error), "Uninstall the plug-in or install its newer version.")
    foreign = [rule.code for rule in rules.all if not type(rule).__module__.startswith("aifirst_validator.")]
    more = f", {len(foreign)} from plug-ins: {', '.join(foreign)}" if foreign else ""
    return Check("rules", "well", f"{len(rules.all)} rules{more}")


def _cache(root: Path) -> Check:
    from aifirst_codebase.config import find_root

    project = find_root(root)
    try:
        with tempfile.TemporaryFile(dir=project):
            pass
    except OSError as error:
        return Check(
            "cache", "note", f"{project} cannot be written ({error.strerror}): every run judges every file",
            "Nothing to do if that is meant; --no-cache silences the notice.",
        )  # fmt: skip
    size = sum(path.stat().st_size for path in (project / ".aifirst").glob("*") if path.is_file())
    but = ", but for work.db, which holds what cannot be computed again" if _has_work(project) else ""
    return Check("cache", "well", f"{project / '.aifirst'}, {show_bytes(size)}; safe to delete{but}")


def _has_work(project: Path) -> bool:
    return (project / ".aifirst" / "work.db").exists()


def _embedder(root: Path) -> Check:
    from aifirst_codebase.config import ConfigError, find_root, load_config
    from aifirst_memory.embedding.embedder import EmbedderError
    from aifirst_memory.embedding.open_embedder import open_embedder
    from aifirst_memory.opened import embedder_settings

    try:
        embedder = open_embedder(embedder_settings(load_config(find_root(root))))
    except ConfigError:
        return Check("embedder", "note", "not looked at, because the settings cannot be read")
    except EmbedderError as error:
        return Check(
            "embedder", "wrong", str(error), "Or set memory.embedder to static, which needs nothing."
        )
    if embedder is None:
        return Check(
            "embedder", "note", "none: search compares words, not meaning", "Nothing to do if that is meant."
        )
    return Check("embedder", "well", embedder.name)


def _index(root: Path) -> Check:
    from aifirst_codebase.config import ConfigError, find_root
    from aifirst_memory.embedding.embedder import EmbedderError
    from aifirst_memory.status import index_status
    from aifirst_memory.store import StoreError

    project = find_root(root)
    if not (project / ".aifirst").is_dir():
        return Check(
            "index", "note", "there is none yet", "`aifirst index` makes it; search and context do too."
        )
    try:
        status = index_status(project)
    except (ConfigError, EmbedderError, StoreError) as error:
        return Check("index", "note", f"not looked at: {error}")
    told = f"{status.state}, {status.files:,} files, {status.units:,} units, {show_bytes(status.size)}"
    if status.state in ("current", "building"):
        return Check("index", "well", told)
    reasons = (reason for reason in status.reasons if not reason.startswith("run `aifirst index`"))
    return Check("index", "note", "; ".join((told, *reasons)), "`aifirst index` brings it up to date.")


def _script_tools() -> Check:
    from aifirst_compiler.script_tools.find_tools import (
        ToolsMissingError,
        find_node,
        find_tools,
        versions_in,
    )

    try:
        node = find_node()
        folder = find_tools()
    except ToolsMissingError as error:
        return Check(
            "script tools", "note", str(error), f"{error.next_step[:1].upper()}{error.next_step[1:]}."
        )
    try:
        asked = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return Check("script tools", "wrong", f"{node} does not answer: {error}", "Install Node again.")
    told = ", ".join((f"Node {asked.stdout.strip().removeprefix('v')}", *versions_in(folder)))
    return Check("script tools", "well", f"{told} in {folder}")


def _language_server() -> Check:
    from importlib import import_module
    from importlib.metadata import PackageNotFoundError, entry_points, version

    again = "Install aifirst again: pip install --force-reinstall aifirst"
    points = [*entry_points(group="aifirst.doors", name="lsp")]
    if not points:
        return Check("language server", "wrong", "this installation has none", again)
    try:
        points[0].load()
        import_module("pygls.lsp.server")  # loaded by name: no floor below an editor's knows it
        libraries = " and ".join(f"{name} {version(name)}" for name in ("pygls", "lsprotocol"))
    except (ImportError, PackageNotFoundError) as error:
        return Check("language server", "wrong", f"it cannot be loaded: {error}", again)
    return Check("language server", "well", f"`aifirst lsp`, with {libraries}")


def _models() -> Check:
    """Which model the memory has room for; none is needed."""
    from importlib.util import find_spec

    from aifirst_model.library.machine_memory import read_memory
    from aifirst_model.library.memory_fit import CONTEXT

    from aifirst_cli.model_table import known_need, largest_fits

    memory = read_memory()
    places = [
        ("memory", memory.free, memory.total),
        *((gpu.name, gpu.free, gpu.total) for gpu in memory.gpus),
    ]
    told: list[str] = []
    for name, free, total in places:
        found = largest_fits(free, CONTEXT)
        fits = "no known model fits"
        if found is not None:
            model, kind = found
            fits = f"{model.name} fits as {kind}, by estimate ({show_bytes(known_need(model, kind, CONTEXT).whole)})"
        told.append(f"{name} {show_bytes(free)} free of {show_bytes(total)}: {fits}")
    if find_spec("xllamacpp") is None:
        return Check(
            "models", "note", "\n".join(told), "pip install 'aifirst[local]' if you want to run one here"
        )
    return Check("models", "well", "\n".join(told))


def as_text(checks: list[Check]) -> str:
    """The checks as lines, problems with their next step."""
    marks = {"well": "ok   ", "note": "note ", "wrong": "WRONG"}
    wide = max(len(check.name) for check in checks)
    lines: list[str] = []
    for check in checks:
        first, *more = check.message.split("\n")
        lines.append(f"{marks[check.state]}  {check.name:<{wide}}  {first}")
        lines += [f"       {'':<{wide}}  {line}" for line in more]
        if check.next_step:
            lines.append(f"       {'':<{wide}}  -> {check.next_step}")
    return "\n".join(lines)


def as_json(checks: list[Check]) -> str:
    """The checks as one JSON object."""
    return msgspec.json.format(msgspec.json.encode({"version": 1, "checks": checks}), indent=2).decode()
