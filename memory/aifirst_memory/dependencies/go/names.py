"""What Go's names and selectors mean at a place: variables, declarations of the package, imports, members."""

from __future__ import annotations

from aifirst_memory.dependencies.declared.follow import Edges, Follow
from aifirst_memory.dependencies.declared.form import Member, Name
from aifirst_memory.dependencies.declared.value import (
    NOTHING,
    Builtin,
    Code,
    Instance,
    Package,
    Passed,
    Record,
    Thing,
    Type,
    TypeValue,
    Value,
    joined,
)
from aifirst_memory.dependencies.go.entries import (
    OF_PACKAGE,
    Entry,
    FunctionEntry,
    Import,
    TypeEntry,
    VariableEntry,
)
from aifirst_memory.dependencies.go.library import GIVES_BACK
from aifirst_memory.dependencies.go.project import guessed_names
from aifirst_memory.dependencies.go.session import Session
from aifirst_memory.dependencies.model import unit_node

BASIC = frozenset({
    "bool", "string", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64",
    "uintptr", "byte", "rune", "float32", "float64", "complex64", "complex128", "error", "any", "comparable",
})  # fmt: skip
_BUILTINS = frozenset({
    "append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min", "new", "panic",
    "print", "println", "real", "recover",
})  # fmt: skip


class GoNames(Follow):
    """The names of one Go file, in its scopes."""

    def __init__(
        self, session: Session, path: str, package: str, imports: tuple[Import, ...], edges: Edges | None
    ) -> None:
        super().__init__(path, edges)
        self.session = session
        self.package = package
        self.folder = path.rpartition("/")[0]
        self._aliases: dict[str, str] = {}
        self._sure: set[str] = set()
        self._dots: list[str] = []
        for one in imports:
            self._add_import(one)

    def _add_import(self, one: Import) -> None:
        """Note what a package goes by here, and what it goes by for sure: then no declaration of another file does,
        though a variant of this file for other systems may declare it."""
        project = self.session.project
        folder = project.folder_of(one.path, self.path)
        if one.alias == ".":
            if folder is not None:
                self._dots.append(folder)
        elif one.alias != "_":
            if folder is None:
                names = guessed_names(one)
                for name in names:
                    self._aliases.setdefault(name, f"package:{one.path}")
                if one.alias or "." not in one.path.partition("/")[0]:
                    self._sure.add(names[0])
            else:
                name = one.alias or project.package_name(folder)
                self._aliases[name] = folder
                self._sure.add(name)

    def show_use(self, path: str, unit: str, line: int) -> None:
        """Note a reference without a call; silent where there is no line."""
        if line:
            self.show(unit_node(path, unit), "uses", line, 1.0 if path == self.path else 0.95)

    # Names

    def named_type(self, name: str, args: tuple[Type, ...], line: int) -> Type:
        """The type of a name as it is written."""
        package, _, last = name.rpartition(".")
        if not package:
            local = self.local(name)
            if local is not None:
                return self._local_type(local, args, line)
        for thing in self._package_member(package, last, line) if package else self._in_package(name, line):
            if isinstance(thing, TypeValue):
                return thing.type._replace(args=args) if args else thing.type
        if not package:
            return Type(name, "", args) if name in BASIC else NOTHING
        outside = self._aliases.get(package, "")
        return Type(f"{outside}.{last}", "", args) if outside.startswith("package:") else NOTHING

    def _local_type(self, local: Value, args: tuple[Type, ...], line: int) -> Type:
        for thing in local:
            if isinstance(thing, TypeValue):
                if thing.type.path:
                    entry = self.session.project.entry(thing.type.path, thing.type.name)
                    self.show_use(thing.type.path, entry.unit if isinstance(entry, TypeEntry) else "", line)
                return thing.type._replace(args=args) if args else thing.type
        return NOTHING

    def name(self, form: Name, called: bool) -> Value:
        """What a bare name is: local, of the package, imported, or the language's own."""
        name = form.name
        local = self.local(name)
        if local is not None:
            if not called:
                for thing in local:
                    if (
                        isinstance(thing, Code)
                        and thing.path == self.path
                        and thing.unit.rpartition(".")[2] == name
                    ):
                        self.show_use(thing.path, thing.unit, form.line)
            return local
        if name[:1] in ":#":
            return self._noted(name)
        found = () if name in self._sure else self._in_package(name, form.line, called)
        if found:
            return found
        if name in self._aliases:
            return (Package(self._aliases[name]),)
        if name in BASIC:
            return (TypeValue(Type(name)),)
        return (Builtin(name),) if name in _BUILTINS else ()

    def _noted(self, name: str) -> Value:
        """What a name of `local_flows` means."""
        if name.startswith("::"):
            return (Code(self.path, name[2:], name[2:], certain=0.8),)
        at = name[1:].partition(":")[0]
        return (Passed(int(at)),) if at.isdigit() else ()

    def _in_package(self, name: str, line: int, called: bool = False) -> Value:
        found = self.session.project.declared(self.folder, self.package, name, self.path)
        if not found:
            for folder in self._dots:
                package = self.session.project.package_name(folder)
                found = self.session.project.declared(folder, package, name, self.path)
                if found:
                    break
        return self._declared(name, found, line, called)

    def _package_member(self, alias: str, name: str, line: int, called: bool = False) -> Value:
        folder = self._aliases.get(alias)
        return () if folder is None else self._of_folder(folder, name, line, called)

    def _of_folder(self, folder: str, name: str, line: int, called: bool) -> Value:
        if folder.startswith("package:"):
            known = f"{folder.removeprefix('package:')}.{name}"
            return (Builtin(known),) if known in GIVES_BACK else ()
        package = self.session.project.package_name(folder)
        found = self.session.project.declared(
            folder, package, name, self.path if folder == self.folder else ""
        )
        return self._declared(name, found, line, called)

    def _declared(self, name: str, found: list[tuple[str, Entry]], line: int, called: bool) -> Value:
        things: list[Thing] = []
        for path, entry in found:
            certain = 1.0 if path == self.path else 0.95
            if isinstance(entry, FunctionEntry):
                if not called:
                    self.show_use(path, entry.unit, line)
                things.append(Code(path, entry.unit, name, certain=certain))
            elif isinstance(entry, TypeEntry):
                self.show_use(path, entry.unit, line)
                things.append(TypeValue(self.session.type_named(path, name, entry)))
            elif isinstance(entry, VariableEntry):
                self.show_use(path, "", line)
                things.extend(self.session.variable(path, name, entry))
                folder = Type(OF_PACKAGE, path.rpartition("/")[0])
                things.extend(self.session.members.stored(folder, name))
        return tuple(dict.fromkeys(things))

    # Members

    def member(self, form: Member, called: bool) -> Value:
        """What a selector is: of a package, a value, or a type."""
        found: list[Value] = []
        for thing in self.value(form.of):
            if isinstance(thing, Package):
                found.append(self._of_folder(thing.name, form.name, form.line, called))
            elif isinstance(thing, Instance | TypeValue):
                found.append(self._of_type(thing.type, form.name, form.line, called))
            elif isinstance(thing, Record):
                found.extend(value for name, value in thing.fields if name == form.name)
        return joined(*found) if found else ()

    def _of_type(self, type_: Type, name: str, line: int, called: bool) -> Value:
        things: list[Thing] = []
        for thing, owner in self.session.members.find(type_, name):
            if isinstance(thing, Code):
                if not called:
                    self.show_use(thing.path, thing.unit, line)
                things.append(thing)
                continue
            if isinstance(owner, Type) and isinstance(thing, Instance):
                entry = self.session.project.entry(owner.path, owner.name)
                self.show_use(owner.path, entry.unit if isinstance(entry, TypeEntry) else "", line)
                things.append(thing)
                if called or self.session.members.holds_functions(thing.type):
                    things.extend(self.session.members.stored(owner, name))
                continue
            things.append(thing)
        return tuple(dict.fromkeys(things))
