"""Which file a module's name means: relative, by `paths`, by the package of a workspace, or outside the project."""

from __future__ import annotations

from typing import Final

import msgspec

from aifirst_memory.dependencies.ecmascript.manifests import Config, Package, joined, match_pattern
from aifirst_memory.dependencies.model import PACKAGE
from aifirst_memory.dependencies.resolver import ProjectView

_TYPED: Final = (
    ".ts",
    ".tsx",
    ".js",
    ".jsx",
    ".mts",
    ".cts",
    ".mjs",
    ".cjs",
    ".d.ts",
    ".d.mts",
    ".d.cts",
    ".es6",
    ".jsm",
)
_PLAIN: Final = (
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".d.ts",
    ".d.mts",
    ".d.cts",
    ".es6",
    ".jsm",
)
_MEANT: Final = {
    ".js": (".ts", ".tsx", ".js", ".jsx", ".d.ts"), ".jsx": (".tsx", ".jsx", ".d.ts"),
    ".mjs": (".mts", ".mjs", ".d.mts"), ".cjs": (".cts", ".cjs", ".d.cts"),
}  # fmt: skip
"""What an import of a file that a compiler will write means."""
_BUILT: Final = frozenset(
    ("dist", "lib", "build", "out", "esm", "cjs", "es", "types", "umd", "bundles", "output")
)
_PACKAGE: Final = msgspec.msgpack.Decoder(Package)
_CONFIG: Final = msgspec.msgpack.Decoder(Config)
_MAX_EXTENDS: Final = 8


class ModuleFinder:
    """Finds modules for the files of a project; asks the view as little as it can, and each thing once."""

    def __init__(self, project: ProjectView) -> None:
        self._project = project
        self._found: dict[tuple[str, str], str | None] = {}
        self._packages: dict[str, Package | None] = {}
        self._configs: dict[str, Config | None] = {}

    def find(self, path: str, module: str) -> str | None:
        """The path of the file that `module` means in the file `path`, `package:…` outside, None where nobody knows."""
        folder = path.rpartition("/")[0]
        key = (f"{folder}/{path.endswith(('.js', '.jsx', '.mjs', '.cjs'))}", module)
        if key not in self._found:
            self._found[key] = (
                self._find(path, folder, module.partition("?")[0]) if len(module) < 1000 else None
            )
        return self._found[key]

    def _find(self, path: str, folder: str, module: str) -> str | None:
        plain = path.endswith((".js", ".jsx", ".mjs", ".cjs"))
        if module.startswith("."):
            return self._file(joined(folder, module), plain=plain)
        if not module or module.startswith("/") or ":" in module.removeprefix("node:"):
            return None
        if module.startswith("#"):
            found = self._own_imports(folder, module, plain=plain)
            return found if found is not None else self._by_config(folder, module, plain=plain)
        configured = self._by_config(folder, module, plain=plain)
        if configured is not None:
            return configured
        name, rest = package_name(module)
        workspace = self._workspace(name, rest, plain=plain)
        return workspace if workspace is not None else PACKAGE + name

    # Files

    def _file(self, at: str, *, plain: bool, main: bool = True) -> str | None:
        """The source file that a path means: itself, with an extension, or of a folder its main file or index."""
        if at.startswith(".."):
            return None
        found = self._meant(at, plain=plain)
        if found is not None:
            return found
        extensions = _PLAIN if plain else _TYPED
        prefix = f"{at}/" if at else ""
        candidates = [at + one for one in extensions] if at else []
        for candidate in candidates:
            if self._project.exists(candidate):
                return candidate
        if main and at and self._project.exists(f"{prefix}package.json"):
            found = self._main(at, plain=plain)
            if found is not None:
                return found
        return next((p for one in extensions if self._project.exists(p := f"{prefix}index{one}")), None)

    def _meant(self, at: str, *, plain: bool) -> str | None:
        """The file of a path that has an extension: its source where a compiler would write it."""
        dot = at.rfind(".")
        extension = at[dot:] if dot > at.rfind("/") else ""
        exists = self._project.exists
        if extension in _TYPED and (plain or extension not in _MEANT) and exists(at):
            return at
        return next((p for one in _MEANT.get(extension, ()) if exists(p := at[:dot] + one)), None)

    def _main(self, at: str, *, plain: bool) -> str | None:
        """The file that the package in a folder names as its main one; as in Node, not by way of a second package."""
        package = self._package(at)
        for main in package.main if package is not None else ():
            target = joined(at, main)
            found = self._file(target, plain=plain, main=False) if target != at else None
            if found is not None:
                return found
        return None

    def _source(self, folder: str, target: str, *, plain: bool) -> str | None:
        """A target of a package: the file itself, or the source that it is built from."""
        at = joined(folder, target)
        found = self._file(at, plain=plain)
        if found is not None:
            return found
        inside = at[len(folder) :].lstrip("/").split("/")
        while inside and inside[0] in _BUILT:
            inside = inside[1:]
        name = "/".join(inside)
        for ending in (".d.ts", ".d.mts", ".d.cts", ".js", ".mjs", ".cjs"):
            name = name.removesuffix(ending)
        for base in ("src", "lib", "source", ""):
            found = (
                self._file(joined(folder, f"{base}/{name}" if base else name), plain=plain) if name else None
            )
            if found is not None:
                return found
        return None

    # Packages

    def _package(self, folder: str) -> Package | None:
        if folder not in self._packages:
            raw = self._project.entry(f"{folder}/package.json" if folder else "package.json", "package")
            self._packages[folder] = _PACKAGE.decode(raw) if raw is not None else None
        return self._packages[folder]

    def _own_imports(self, folder: str, module: str, *, plain: bool) -> str | None:
        for at in above(folder):
            package = self._package(at)
            if package is None:
                continue
            for target in match_pattern(package.imports, module):
                if target.startswith("#"):
                    continue  # Node allows no target that is such a name itself, and two could name each other
                found = self._source(at, target, plain=plain) if target.startswith(".") else None
                if found is not None:
                    return found
                if not target.startswith("."):
                    return self._find(f"{at}/package.json" if at else "package.json", at, target)
            return None
        return None

    def _workspace(self, name: str, rest: str, *, plain: bool) -> str | None:
        """A file of a package of this project."""
        for manifest in self._project.find(f"npm:{name}")[:4]:
            folder = manifest.rpartition("/")[0]
            package = self._package(folder)
            if package is None:
                continue
            subpath = f"./{rest}" if rest else "."
            targets = match_pattern(package.exports, subpath)
            if not rest:
                targets += package.main
            for target in targets:
                found = self._source(folder, target, plain=plain)
                if found is not None:
                    return found
            for guess in (
                (rest, f"src/{rest}") if rest else ("index", "src/index", f"src/{name.rpartition('/')[2]}")
            ):
                found = self._source(folder, guess, plain=plain)
                if found is not None:
                    return found
        return None

    # Compiler settings

    def _by_config(self, folder: str, module: str, *, plain: bool) -> str | None:
        for at in above(folder):
            for name in ("tsconfig.json", "jsconfig.json", "tsconfig.base.json"):
                manifest = f"{at}/{name}" if at else name
                if self._project.exists(manifest):
                    found = self._by_one_config(manifest, module, plain=plain, depth=0)
                    if found is not None:
                        return found
        return None

    def _by_one_config(self, manifest: str, module: str, *, plain: bool, depth: int) -> str | None:
        config = self._config(manifest)
        if config is None or depth > _MAX_EXTENDS:
            return None
        folder = manifest.rpartition("/")[0]
        base = joined(folder, config.base) if config.base is not None else folder
        if config.paths is not None:
            for target in match_pattern(config.paths, module):
                found = self._file(joined(base, target), plain=plain)
                if found is not None:
                    return found
        if config.base is not None:
            found = self._file(joined(base, module), plain=plain)
            if found is not None:
                return found
        for extended in reversed(config.extends):
            at = self._extended(folder, extended)
            found = self._by_one_config(at, module, plain=plain, depth=depth + 1) if at else None
            if found is not None:
                return found
        return None

    def _config(self, manifest: str) -> Config | None:
        if manifest not in self._configs:
            raw = self._project.entry(manifest, "config")
            self._configs[manifest] = _CONFIG.decode(raw) if raw is not None else None
        return self._configs[manifest]

    def _extended(self, folder: str, name: str) -> str:
        if name.startswith("."):
            at = joined(folder, name)
        else:
            package, rest = package_name(name)
            known = self._project.find(f"npm:{package}")
            if not known:
                return ""
            at = joined(known[0].rpartition("/")[0], rest or "tsconfig.json")
        return at if at.endswith(".json") else f"{at}.json"


def package_name(module: str) -> tuple[str, str]:
    """The package of a module's name, and the path in it."""
    parts = module.split("/")
    count = 2 if module.startswith("@") and len(parts) > 1 else 1
    return "/".join(parts[:count]), "/".join(parts[count:])


def above(folder: str) -> list[str]:
    """A folder and all above it, the innermost first, the root (empty) last."""
    found = [folder]
    while folder:
        folder = folder.rpartition("/")[0]
        found.append(folder)
    return found
