"""The settings of a project: every key, its type, its default and what it means.

One typed tree that the TOML file, the JSON schema, `aifirst config show` and the documentation are all
made from. The defaults here are those of the preset `balanced`; `presets` says what the others change.
Reading files and merging layers is `load`'s work, not this module's.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Preset = Literal["full", "balanced", "gradual", "legacy", "prototype"]
Severity = Literal["off", "note", "warning", "error"]
Scope = Literal["off", "marked", "all"]
"""Where a family applies: nowhere, in files that carry a ticket or a tag, or in every file."""

Count = Annotated[int, Meta(ge=0)]
Ratio = Annotated[float, Meta(ge=0.0, le=1.0)]


class Discovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which files are read."""

    max_file_bytes: Annotated[int, Meta(ge=1, description="Larger files are left out with a notice.")] = (
        1_000_000
    )
    exclude: Annotated[
        tuple[str, ...], Meta(description="Patterns (gitignore syntax) of files that are never read.")
    ] = ()
    include: Annotated[
        tuple[str, ...],
        Meta(description="Patterns (gitignore syntax) read even where an ignore file names them."),
    ] = ()
    use_gitignore: Annotated[bool, Meta(description="Obey .gitignore files.")] = True
    follow_symlinks: Annotated[bool, Meta(description="Follow links that stay inside the project.")] = False
    generated: Annotated[bool, Meta(description="Judge generated, minified and vendored files too.")] = False


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How large a unit, a ticket, a generation or a file may be. 0 turns a limit off."""

    unit_tokens: Annotated[Count, Meta(description="Tokens of a unit above which it is a warning.")] = 700
    unit_tokens_error: Annotated[Count, Meta(description="Tokens of a unit above which it is an error.")] = (
        1000
    )
    unit_tokens_split: Annotated[
        Count, Meta(description="Tokens of a unit above which it must be split.")
    ] = 1200
    code_tokens: Annotated[Count, Meta(description="Tokens of a unit without its glue.")] = 0
    ticket_tokens: Annotated[Count, Meta(description="Tokens of a ticket block.")] = 700
    generation_tokens: Annotated[Count, Meta(description="Target for the tokens of one generation.")] = 700
    generation_tokens_error: Annotated[
        Count, Meta(description="Hard cap on the tokens of one generation.")
    ] = 1000
    file_lines: Annotated[Count, Meta(description="Lines of a file.")] = 1500
    file_tokens: Annotated[Count, Meta(description="Tokens of a file.")] = 0
    function_lines: Annotated[Count, Meta(description="Lines of a function.")] = 0
    functions_per_file: Annotated[Count, Meta(description="Top-level functions in one file.")] = 0


class Complexity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How involved a function may be."""

    max_level: Annotated[
        int, Meta(ge=0, le=5, description="Highest complexity level allowed, 1 to 5 (5 and 0: no limit).")
    ] = 4
    cyclomatic: Annotated[
        Count, Meta(description="Cyclomatic complexity, on top of the level. 0: by level.")
    ] = 0
    nesting: Annotated[Count, Meta(description="Nesting depth, on top of the level. 0: by level.")] = 0


class Glue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Semantic glue: comments, docstrings and tickets as a share of all tokens."""

    scope: Annotated[Scope, Meta(description="Where the ratio is judged.")] = "marked"
    floor: Annotated[Ratio, Meta(description="Glue ratio below which a file is a finding.")] = 0.5
    target: Annotated[Ratio, Meta(description="Lower end of the band aimed at.")] = 0.7
    padding: Annotated[Ratio, Meta(description="Glue ratio above which a file is padded.")] = 0.95
    quality: Annotated[Scope, Meta(description="Where comments are judged one by one (length, header).")] = (
        "marked"
    )
    min_comment_length: Annotated[Count, Meta(description="Characters of the shortest useful comment.")] = 20
    require_file_header: Annotated[bool, Meta(description="A file starts with a docstring or comment.")] = (
        False
    )
    require_function_docstring: Annotated[bool, Meta(description="A public function has a docstring.")] = (
        False
    )
    doctests: Annotated[bool, Meta(description="Docstrings with doctests are run, so they are code.")] = False


class Connectivity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Token connectivity: terms, tags and requirements carry over from spec to ticket to glue to code."""

    scope: Annotated[Scope, Meta(description="Where it is judged.")] = "marked"
    term_carry: Annotated[
        Ratio,
        Meta(
            description="Score of how much a layer's terms come back in the next one; below it the two speak of"
            " different things."
        ),
    ] = 0.5
    drop: Annotated[Ratio, Meta(description="How far an edit may lower any of its scores.")] = 0.05
    require_tags: Annotated[
        Scope, Meta(description="Where a file needs a FEATURE or COMPONENT tag and one TICKET tag.")
    ] = "off"


class Tickets(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Tickets, specifications and tags."""

    required_sections: Annotated[bool, Meta(description="A full ticket has every required section.")] = True
    tag_categories: Annotated[tuple[str, ...], Meta(description="Tag categories of this project.")] = ()
    spec_paths: Annotated[tuple[str, ...], Meta(description="Where specifications lie (globs).")] = (
        "specs/**/*.md",
        "docs/specs/**/*.md",
    )


class Edits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Edit rules E1 to E15, judged on a change."""

    scope: Annotated[Scope, Meta(description="In which files the rules for AI-First files apply.")] = "marked"
    glue_kept: Annotated[Ratio, Meta(description="Share of comments an edit keeps.")] = 0.8
    max_changed: Annotated[Ratio, Meta(description="Share of a file that one edit may change.")] = 0.3
    microfile_lines: Annotated[
        tuple[int, int], Meta(description="Lines of a file that is regenerated rather than edited.")
    ] = (20, 50)
    tests_required: Annotated[Scope, Meta(description="Where changed behaviour needs a changed test.")] = (
        "marked"
    )


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The index of the project that `aifirst index` keeps.

    Where an endpoint lies and its key are not settings: a project could send the code and the key anywhere. They
    are read from the environment, `AIFIRST_EMBEDDER_URL` and `AIFIRST_EMBEDDER_KEY`.
    """

    embedder: Annotated[
        Literal["static", "sentence-transformer", "endpoint", "none"],
        Meta(description="What makes vectors of code and text; none leaves them out."),
    ] = "static"
    model: Annotated[
        str,
        Meta(description="Folder or name of the sentence transformer, or the endpoint's name of its model."),
    ] = ""
    history: Annotated[
        bool, Meta(description="Read which commits changed which files, with what message.")
    ] = True
    commits: Annotated[Count, Meta(description="How many of the newest commits are read.")] = 20_000


class Compile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `aifirst compile` takes away and what it leaves."""

    mode: Annotated[
        Literal["clean", "structural", "documented"],
        Meta(
            description="clean leaves no glue; structural the lines of assembly tags; documented a docstring's first"
            " line and high-level comments, too."
        ),
    ] = "clean"
    keep_docstrings: Annotated[bool, Meta(description="Leave every docstring.")] = False
    keep_annotations: Annotated[
        bool, Meta(description="Leave every annotation of Python where files are made small.")
    ] = False
    keep: Annotated[
        tuple[str, ...],
        Meta(
            description="Objects whose docstring and annotations stay: `path::Qualified.name` or `Qualified.name`,"
            " with `*` for any part."
        ),
    ] = ()


class PathSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings that replace the project's for the files a pattern matches; every table may be partial."""

    limits: dict[str, object] = {}
    complexity: dict[str, object] = {}
    glue: dict[str, object] = {}
    connectivity: dict[str, object] = {}
    tickets: dict[str, object] = {}
    edits: dict[str, object] = {}
    rules: dict[str, Severity] = {}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything a project can set, in `aifirst.toml` or under `[tool.aifirst]` in `pyproject.toml`."""

    preset: Annotated[Preset, Meta(description="The set of defaults to start from.")] = "balanced"
    tokenizer: Annotated[
        str, Meta(description="o200k_base, cl100k_base, or the path of a Hugging Face tokenizer.json.")
    ] = "o200k_base"
    baseline: Annotated[str, Meta(description="File of known findings that are not told again.")] = ""
    discovery: Discovery = Discovery()
    limits: Limits = Limits()
    complexity: Complexity = Complexity()
    glue: Glue = Glue()
    connectivity: Connectivity = Connectivity()
    tickets: Tickets = Tickets()
    edits: Edits = Edits()
    memory: Memory = Memory()
    compile: Compile = Compile()
    rules: Annotated[
        dict[str, Severity], Meta(description="Severity by rule code, family (AF2) or rule name.")
    ] = {}
    paths: Annotated[
        dict[str, PathSettings], Meta(description="Settings for the files a pattern matches.")
    ] = {}
