"""Reads a Go file into its facts: the names it goes by, what it says to others, its lowered code."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import tree_sitter
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.declared.form import Bind, Form, Function, Param, Several, TypeRef
from aifirst_memory.dependencies.declared.lineless import lineless
from aifirst_memory.dependencies.go.entries import (
    OF_PACKAGE,
    Body,
    CallersEntry,
    Entry,
    FileEntry,
    FunctionEntry,
    Import,
    MethodsEntry,
    StoresEntry,
    TypeEntry,
    VariableEntry,
)
from aifirst_memory.dependencies.go.local_flows import is_plain
from aifirst_memory.dependencies.go.lower import Lowering
from aifirst_memory.dependencies.go.lower_expressions import EXPRESSIONS
from aifirst_memory.dependencies.go.lower_statements import STATEMENTS
from aifirst_memory.dependencies.go.lower_types import line_of, text_of
from aifirst_memory.dependencies.resolver import FileFacts

_VALUES = 8
"""Values of a variable that others may see; longer tables are followed by their declared type alone."""


def read_go(reading: Reading) -> FileFacts:
    """The facts of a Go file."""
    lowering = Lowering(reading, {**EXPRESSIONS, **STATEMENTS})
    root = reading.tree.root_node
    package = _package_of(root)
    imports = tuple(_imports(root))
    forms = lowering.all(root.named_children)
    entries: dict[str, Entry] = {"": FileEntry(package, tuple(Import(i.alias, i.path) for i in imports))}
    _add_types(lowering, entries)
    _add_values(forms, lowering, entries)
    _add_flows(lowering, entries)
    folder = reading.path.rpartition("/")[0]
    keys = [folder_key(folder), package_key(folder, package)]
    for name in entries:
        if name.startswith("~"):
            keys.append(f"go.method:{name[1:]}")
        elif name.startswith("!"):
            keys.append(f"go.caller:{name[1:]}")
        elif name.startswith("="):
            keys.append(f"go.store:{name[1:]}")
        elif name:
            keys.append(name_key(folder, package, name))
    packed = {name: msgspec.msgpack.encode(entry) for name, entry in entries.items()}
    return FileFacts(tuple(keys), packed, msgspec.msgpack.encode(Body(package, imports, forms)))


def folder_key(folder: str) -> str:
    """The key of all Go files of a folder."""
    return f"go.folder:{folder}"


def package_key(folder: str, package: str) -> str:
    """The key of the files of one package clause in a folder."""
    return f"go.package:{folder}#{package}"


def name_key(folder: str, package: str, name: str) -> str:
    """The key of the files that declare a name in a package."""
    return f"go.name:{folder}#{package}.{name}"


def _package_of(root: tree_sitter.Node) -> str:
    for part in root.named_children:
        if part.type == "package_clause":
            return text_of(part.named_children[0]) if part.named_children else ""
    return ""


def _imports(root: tree_sitter.Node) -> Iterator[Import]:
    for part in root.named_children:
        if part.type != "import_declaration":
            continue
        for listed in part.named_children:
            for spec in listed.named_children if listed.type == "import_spec_list" else (listed,):
                path = spec.child_by_field_name("path") if spec.type == "import_spec" else None
                if path is not None:
                    yield Import(
                        text_of(spec.child_by_field_name("name")), text_of(path).strip('"`'), line_of(spec)
                    )


def _add_types(lowering: Lowering, entries: dict[str, Entry]) -> None:
    for define, type_, alias in lowering.types:
        params = tuple(Param(param.name, param.type) for param in define.type_params)
        entries.setdefault(define.entry, TypeEntry(define.unit, alias, params, type_))


def _add_values(forms: tuple[Form, ...], lowering: Lowering, entries: dict[str, Entry]) -> None:
    methods: dict[str, list[str]] = {}
    for form in _flat(forms):
        if isinstance(form, Function) and form.unit:
            name = form.unit.partition("#")[0]
            if name not in ("init", "_"):
                entries.setdefault(name, _function_entry(form, lowering))
            if form.owner:
                methods.setdefault(name.rpartition(".")[2], []).append(form.owner)
        elif isinstance(form, Bind):
            few = form.values if len(form.values) <= _VALUES else ()
            values = tuple(lineless(value, _VALUES) for value in few)
            for at, name in enumerate(form.names):
                entries.setdefault(name, VariableEntry(form.type, values, at))
    entries.pop("_", None)
    for form in lowering.nested:
        entries.setdefault(form.unit, _function_entry(form, lowering))
    for method, owners in methods.items():
        entries["~" + method] = MethodsEntry(tuple(dict.fromkeys(owners)))


def _add_flows(lowering: Lowering, entries: dict[str, Entry]) -> None:
    fields = _function_fields(lowering)
    for name, callers in lowering.flows.callers.items():
        variable = isinstance(known := entries.get(name), VariableEntry) and not is_plain(known.type)
        kept = [one for one in callers if (variable if one[1].name == OF_PACKAGE else name in fields)]
        if kept:
            entries["!" + name] = CallersEntry(tuple(dict.fromkeys(kept)))
    for name, stores in lowering.flows.stores.items():
        entries["=" + name] = StoresEntry(tuple(dict.fromkeys(stores)))


def _function_fields(lowering: Lowering) -> set[str]:
    """The fields of the file's structs that may hold functions: only calls of those are worth a note."""
    structs = [type_ for _, type_, _ in lowering.types if type_.name == "struct"]
    fields = [(name, part) for type_ in structs for name, part in zip(type_.names, type_.args, strict=False)]
    return {name for name, part in fields if not name.startswith("~") and not is_plain(part)}


def _flat(forms: tuple[Form, ...]) -> Iterator[Form]:
    for form in forms:
        if isinstance(form, Several):
            yield from _flat(form.items)
        else:
            yield form


def _function_entry(form: Function, lowering: Lowering) -> FunctionEntry:
    receiver: tuple[TypeRef, ...] = form.receiver.type.args if form.receiver is not None else ()
    return FunctionEntry(
        form.unit,
        tuple(Param(param.name, param.type) for param in form.type_params),
        tuple(param.type for param in form.params),
        tuple(param.type for param in form.results),
        tuple(arg.name for arg in receiver),
        tuple(dict.fromkeys(lowering.flows.flows.get(form.unit, ()))),
        tuple(dict.fromkeys(lowering.flows.returns.get(form.unit, ()))),
    )
