"""One file out of a script and all it imports: esbuild asked, its answer checked, told and mapped.

With `minify` what oxc makes of the bundle is looked at as well, and the smaller is kept. The same sources give the same
bytes wherever they lie. Left out: code splitting, plugins, and files that are no code.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.tokens import get_counter

from aifirst_compiler.compiled import Minify, Warned
from aifirst_compiler.errors import CompilerBugError
from aifirst_compiler.script_bundle.bundle_answer import (
    BundleAnswer,
    BundledInput,
    cautions_of,
    path_of,
    refuse_errors,
)
from aifirst_compiler.script_bundle.entry import ScriptEntry
from aifirst_compiler.script_bundle.node_banner import NODE_DEFINES, node_banner
from aifirst_compiler.script_bundle.place_readers import find_place_readers, refuse_lost_metadata
from aifirst_compiler.script_bundle.remove_comments import without_comments
from aifirst_compiler.script_bundle.strict_code import strictness
from aifirst_compiler.script_bundle.target import node_target, script_target
from aifirst_compiler.script_bundle.written_names import has_renamed_functions
from aifirst_compiler.script_tools.minify_script import has_exports
from aifirst_compiler.script_tools.node_process import Made, NodeProcess
from aifirst_compiler.script_tools.tool_map import joined_map
from aifirst_compiler.script_tools.tsconfig import BUNDLE_KEYS, UnreadSettings, compiler_options
from aifirst_compiler.source_maps.read import read_map_fields

ScriptFormat = Literal["esm", "cjs", "iife"]
_SECONDS = 300.0


class ScriptBundleOptions(msgspec.Struct, frozen=True):
    """How scripts are bundled. `format` and `packages` are chosen by the entry and the platform where they are empty."""

    format: ScriptFormat | Literal[""] = ""
    platform: Literal["node", "browser"] = "node"
    packages: Literal["", "external", "included"] = ""
    """Whether what lies in `node_modules` stays an import: `external`, as for Node, or is taken in, as for browsers."""
    external: tuple[str, ...] = ()
    """What stays an import whatever it is, as it is imported, with `*` for any part."""
    minify: Minify = ""
    maps: bool = False
    drop_licences: bool = False
    name_files: bool = False
    """Keep the comments that say which file a part of the bundle comes from, where it is not made small."""


class ScriptBundle(msgspec.Struct, frozen=True):
    """A bundle's text, and which tool made it in which format.

    `sources` are the files in it, by path from the project's root; `external` what stays an import. `map` speaks of
    files from the folder that the bundle was made for.
    """

    data: bytes
    tool: str
    format: ScriptFormat
    sources: tuple[BundledInput, ...]
    external: tuple[str, ...]
    warnings: tuple[Warned, ...] = ()
    styles: bytes = b""
    map: dict[str, object] | None = None


def bundle_scripts(
    entry: ScriptEntry, options: ScriptBundleOptions, place: Path, process: NodeProcess | None = None
) -> ScriptBundle:
    """The bundle of what `entry` imports, to be written to `place`; nothing is written.

    Raises `CompileError` with file and line of what cannot be bundled, `ToolsMissingError` where Node or esbuild is not
    there, `CompilerBugError` where what came out does not parse.
    """
    asking = _Asking(entry, options, place, process or _shared_process())
    answer = asking.ask()
    settings = asking.settings
    kept = [entry.folder / one.path for one in answer.inputs if one.kept]
    refuse_lost_metadata(entry, kept, settings)
    readers = find_place_readers(entry, kept) if options.platform == "node" else []
    always = settings.get("alwaysStrict", settings.get("strict"))
    strict = strictness(entry, answer.inputs, asking.format, answer.results[0].code, always)
    given = node_banner(asking.format, answer.results[0].code) if options.platform == "node" else ""
    banner = "\n".join(filter(None, (strict.banner, given)))
    keep_names = not options.minify and has_renamed_functions(answer.results[0])
    if banner or keep_names:
        answer = asking.ask(banner=banner, keep_names=keep_names)
    made = _smallest(entry, answer, options.minify)
    if not options.minify and not options.name_files:
        made = without_comments(made, drop_licences=options.drop_licences)
    sources = read_map_fields(made.before or made.map, place.name).sources if made.map else ()
    warnings = [*asking.said, *cautions_of(entry, answer.warnings), *readers, *strict.said]
    return ScriptBundle(
        made.code.encode(),
        made.tool,
        asking.format,
        tuple(msgspec.structs.replace(one, path=path_of(entry, one.path)) for one in answer.inputs),
        answer.external,
        tuple(sorted(set(warnings), key=lambda one: (one.path, one.line, one.code))),
        answer.styles.encode(),
        joined_map(made, place.name, sources) if options.maps else None,
    )


@cache
def _shared_process() -> NodeProcess:
    return NodeProcess()


class _Asking:
    """Asks for one bundle, as often as its answer makes needful."""

    def __init__(
        self, entry: ScriptEntry, options: ScriptBundleOptions, place: Path, process: NodeProcess
    ) -> None:
        self._entry = entry
        self._options = options
        self._place = place
        self._process = process
        unread: list[UnreadSettings] = []
        self.settings = compiler_options(entry.file.parent, entry.root, BUNDLE_KEYS, unread)
        self.format: ScriptFormat = options.format or format_of(entry, options.platform, place)
        none_count = "none of its settings count in the bundle"
        self.said = [one.told(entry.root, none_count, "correct it, and bundle again") for one in unread]
        self._targets = self._chosen_targets()

    def _chosen_targets(self) -> list[str]:
        targets = [node_target(self._entry.package.node)] if self._options.platform == "node" else []
        if self._entry.is_typescript:
            target, said = script_target(self.settings.get("target"))
            targets.append(target)
            path = self._entry.file.relative_to(self._entry.root).as_posix()
            self.said += [Warned("script-target", path, 1, said, "compile it with tsc after")] if said else []
        return [target for target in targets if target] or ["esnext"]

    def ask(self, *, banner: str = "", keep_names: bool = False) -> BundleAnswer:
        """The answer; raises as `bundle_scripts` does."""
        options, entry = self._options, self._entry
        packages = options.packages or ("external" if options.platform == "node" else "included")
        request: dict[str, object] = {
            "do": "bundle", "entry": str(entry.file), "folder": str(entry.folder), "root": str(entry.root),
            "out": str(self._place), "format": self.format, "platform": options.platform,
            "packages": "external" if packages == "external" else "bundle", "external": options.external,
            "minify": bool(options.minify), "map": options.maps or not options.minify, "target": self._targets,
            "legal": not options.drop_licences, "settings": self.settings, "banner": banner,
            "define": NODE_DEFINES if options.platform == "node" and self.format == "cjs" else {},
            "jsx": "automatic" if self.settings.get("jsx") == "preserve" else "", "keepNames": keep_names,
        }  # fmt: skip
        answer = msgspec.json.decode(self._process.exchange(request, seconds=_SECONDS), type=BundleAnswer)
        refuse_errors(entry, answer.errors)
        return answer


def format_of(entry: ScriptEntry, platform: str, place: Path) -> ScriptFormat:
    """What kind of script a bundle is: by the name it gets, else as its entry is one, by what Node makes of that."""
    named: dict[str, ScriptFormat] = {".mjs": "esm", ".mts": "esm", ".cjs": "cjs", ".cts": "cjs"}
    suffix = place.suffix if place.suffix in named else entry.file.suffix
    if suffix in named:
        return named[suffix]
    if platform == "browser":
        return "esm" if has_exports(entry.file.name, entry.file.read_bytes()) else "iife"
    return "esm" if entry.field == "module" or entry.package.is_module else "cjs"


def _smallest(entry: ScriptEntry, answer: BundleAnswer, unit: Minify) -> Made:
    """The result that parses and is the smallest by the unit; the first of equal ones."""
    count = get_counter().count if unit == "tokens" else len
    for made in sorted(answer.results, key=lambda one: count(one.code)):
        tree = language_named("javascript").parse(made.code.encode())
        if tree is None or not tree.root_node.has_error:
            return made
    raise CompilerBugError(path_of(entry, entry.file.name), "the bundle does not parse")
