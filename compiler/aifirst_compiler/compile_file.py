"""Compiles one file: read, find the glue, join the edits, apply them, prove the result.

Every file comes out: one that cannot be compiled is copied, with the reason and a warning that says the next step.
Left out: finding files and writing them (`project`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

import msgspec
from aifirst_codebase.languages.language import Language
from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import UNCOUNTED, TokenCounter

from aifirst_compiler.cautions import find_cautions
from aifirst_compiler.compiled import CompiledFile, CompileOptions, Warned
from aifirst_compiler.edits import Edit, apply_edits, compose_edits
from aifirst_compiler.errors import CompilerBugError
from aifirst_compiler.minify import SCRIPTS, minify_reading, shorter_names, smallest_edits
from aifirst_compiler.optimize import optimize_python
from aifirst_compiler.pause_collector import collector_paused
from aifirst_compiler.proof import PythonTrees, prove
from aifirst_compiler.proof.python_trees import parse_python
from aifirst_compiler.remove_glue.choose import choose_removals
from aifirst_compiler.remove_glue.language_rules import rules_of
from aifirst_compiler.remove_glue.widen import widen_removals
from aifirst_compiler.run_time_docs import RunTimeUses, kept_documentation, uses_of_reading

_LONE_RETURN = re.compile(rb"\r(?!\n)")


def compile_source(
    source: SourceFile,
    options: CompileOptions,
    *,
    counter: TokenCounter | None = None,
    uses: RunTimeUses | None = None,
    script_settings: Mapping[str, object] | None = None,
) -> CompiledFile:
    """The file's output; `data` is UTF-8, as `source.data`. Never raises on broken text.

    Tokens are counted where a `counter` is given, 0 otherwise. `uses` say what the project reads at run time; without
    them the file is looked at alone. `script_settings` are the compiler options of the `tsconfig.json` in force. A fault
    of ours becomes the warning `compiler-bug` and the file is copied.
    """
    with collector_paused():
        return _compile_source(source, options, counter, uses, script_settings)


def _compile_source(
    source: SourceFile,
    options: CompileOptions,
    counter: TokenCounter | None,
    uses: RunTimeUses | None,
    script_settings: Mapping[str, object] | None,
) -> CompiledFile:
    language = language_of(source.path, source.data)
    if language is None or language.kind == "prose":
        return _copied(source, "it is prose" if language else "it is in no language of ours", (), counter)
    if options.optimize and language.name == "python":
        optimized = _compile_optimized(source, options, counter, uses)
        if optimized is not None:
            return optimized
    reading = read(_as_read(source, language), language, counter or UNCOUNTED, doctests=options.doctests)
    if options.minify and language.name in SCRIPTS:
        small = minify_reading(source, reading, options, counter, script_settings or {})
        if isinstance(small, CompiledFile):
            return small
        compiled = _compile_reading(source, reading, _with_layout(options), counter, uses)
        return msgspec.structs.replace(compiled, warnings=(*compiled.warnings, small))
    return _compile_reading(source, reading, options, counter, uses)


def _compile_optimized(
    source: SourceFile, options: CompileOptions, counter: TokenCounter | None, uses: RunTimeUses | None
) -> CompiledFile | None:
    """The output of Python that was optimized first; None where that gained nothing, or anything went wrong."""
    try:
        data, edits = optimize_python(source.data, options.optimize, source.path)
    except CompilerBugError as error:
        plain = compile_source(
            source, msgspec.structs.replace(options, optimize=0), counter=counter, uses=uses
        )
        fault = _bug(source.path, error, "it was not optimized")
        return msgspec.structs.replace(plain, warnings=(*plain.warnings, fault))
    if not edits:
        return None
    changed = msgspec.structs.replace(source, data=data)
    made = compile_source(changed, msgspec.structs.replace(options, optimize=0), counter=counter, uses=uses)
    if made.copied or len(made.data) > len(source.data):
        return None
    together = tuple(compose_edits(len(source.data), edits, made.edits))
    tokens = counter.count(source.text) if counter is not None else 0
    return msgspec.structs.replace(made, edits=together, source_tokens=tokens)


def _compile_reading(
    source: SourceFile,
    reading: Reading,
    options: CompileOptions,
    counter: TokenCounter | None,
    uses: RunTimeUses | None,
) -> CompiledFile:
    tree = parse_python(reading.text) if reading.language.name == "python" else None
    if tree is None and reading.broken:
        return _copied(source, "it does not parse", (_broken(reading),), counter, reading.tokens)
    project, uses = uses, uses or uses_of_reading(reading, tree)
    warnings = find_cautions(reading, uses, bundled=options.bundled)
    kept = kept_documentation(reading, options, uses)
    removals = choose_removals(reading, options.mode, kept, drop_licences=options.drop_licences)
    try:
        edits, data, faults = _rewritten(reading, removals, options, tree, project)
    except CompilerBugError as error:
        if reading.broken:
            return _copied(source, "it does not parse", (_broken(reading),), counter, reading.tokens)
        return _copied(source, str(error), (*warnings, _bug(source.path, error)), counter, reading.tokens)
    warnings = (*warnings, *faults)
    if source.data is not reading.data:
        data = apply_edits(source.data, edits)
    if len(data) > len(source.data):
        return _copied(source, "it would be larger", warnings, counter, reading.tokens)
    tokens = counter.count(data.decode("utf-8")) if counter is not None else 0
    return CompiledFile(source.path, data, tuple(edits), "", warnings, reading.tokens, tokens)


def _rewritten(
    reading: Reading,
    removals: Sequence[Edit],
    options: CompileOptions,
    tree: ast.Module | None,
    uses: RunTimeUses | None,
) -> tuple[list[Edit], bytes, tuple[Warned, ...]]:
    """The edits of all passes and what they make, proved; and what had to be left out because it was not proved.

    `uses` are the project's, None where the file is looked at alone. Raises `CompilerBugError` where not even the
    removals are proved.
    """
    docstrings = {comment.start for comment in reading.comments if comment.kind == "docstring"}
    trees = PythonTrees(tree, [(edit.start, edit.end) for edit in removals if edit.start in docstrings])
    smallest = smallest_edits(reading, removals, options, tree, uses) if options.minify else None
    faults: tuple[Warned, ...] = ()
    if smallest is not None:
        try:
            data = _proved(reading, smallest.edits, trees._replace(dropped=smallest.dropped))
        except CompilerBugError as error:
            faults = (_bug(reading.path, error, "its layout was kept"),)
            if tree is not None:  # what was dropped is gone from it
                trees = trees._replace(source=parse_python(reading.text))
        else:
            named = options.rename and tree is not None
            short = shorter_names(reading, smallest, data, options.minify) if named else None
            return (*(short or (smallest.edits, data)), faults)
    edits = widen_removals(reading, removals)
    return edits, _proved(reading, edits, trees), faults


def _with_layout(options: CompileOptions) -> CompileOptions:
    return msgspec.structs.replace(options, minify="")


def _proved(reading: Reading, edits: Sequence[Edit], trees: PythonTrees) -> bytes:
    if not edits:
        return reading.data
    data = apply_edits(reading.data, edits)
    prove(reading, data, edits, trees)
    return data


def _as_read(source: SourceFile, language: Language) -> SourceFile:
    """The source with lone carriage returns as newlines, where the language ends a line at them.

    The grammars know newlines only, and would take all behind a comment for the comment. Offsets stay what they are.
    """
    data = source.data
    if b"\r" not in data or not rules_of(language.name).carriage_return:
        return source
    if data.count(b"\r") == data.count(b"\r\n"):
        return source
    return msgspec.structs.replace(source, data=_LONE_RETURN.sub(b"\n", data))


def _copied(
    source: SourceFile,
    why: str,
    warnings: tuple[Warned, ...],
    counter: TokenCounter | None,
    tokens: int | None = None,
) -> CompiledFile:
    if tokens is None:
        tokens = counter.count(source.text) if counter is not None else 0
    return CompiledFile(source.path, source.data, (), why, warnings, tokens, tokens)


def _broken(reading: Reading) -> Warned:
    return Warned(
        "does-not-parse", reading.path, _line_of_error(reading), "does not parse, so it was copied as it is",
        "correct its syntax, or exclude it",
    )  # fmt: skip


def _line_of_error(reading: Reading) -> int:
    """The line, from 1, of the first place that does not parse."""
    node = reading.tree.root_node
    while True:
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None or node.is_error:
            return node.start_point.row + 1
        node = inner


def _bug(path: str, error: CompilerBugError, what_became: str = "copied as it is") -> Warned:
    return Warned("compiler-bug", path, 1, f"{what_became}: {error.what}", "report this with the file")
