"""What a bundle needs when it runs: this file's code stands at the top of every flat bundle.

A flat module is reached by its public path through a module object whose attributes are the bundle's globals; a held one
is given to Python's import system from its text.
"""

# pyright: reportUnusedFunction=false
# What is defined here is called by what stands below it in a bundle.
# Every name begins with `_aifirst_`: no module's own names do.

# It imports nothing that Python has not loaded at its start.

import sys as _aifirst_sys
from types import ModuleType as _AifirstModuleType
from typing import Any as _AifirstAny

_aifirst_spec: _AifirstAny = type(_aifirst_sys.__spec__)  # pyright: ignore[reportUnknownVariableType]  # in no stub
_aifirst_globals = globals()
_aifirst_root: str = _aifirst_globals["__name__"]
_aifirst_kept: dict[str, _AifirstAny] = {}
_aifirst_open: list[str] = []
_aifirst_held: dict[str, tuple[str, str]] = {}
_aifirst_paths: dict[str, list[str]] = {}


_aifirst_own: _AifirstAny = vars(_AifirstModuleType)["__dict__"].__get__


class _AifirstNamespace(dict[str, object]):
    """The namespace of a flat module as others see it: what is bound in it is bound in the module."""

    def __init__(self, module: object, names: dict[str, _AifirstAny]) -> None:
        super().__init__(names)
        self._aifirst_module = module

    def __setitem__(self, name: str, value: object) -> None:
        setattr(self._aifirst_module, name, value)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        delattr(self._aifirst_module, name)

    def update(self, *more: _AifirstAny, **named: object) -> None:
        for name, value in dict(*more, **named).items():
            self[name] = value

    def setdefault(self, name: str, default: object = None) -> _AifirstAny:
        if name not in self:
            self[name] = default
        return self[name]

    def pop(self, name: str, *default: object) -> _AifirstAny:
        value = super().pop(name, *default)
        if name in _aifirst_own(self._aifirst_module)["_aifirst_names"]:
            delattr(self._aifirst_module, name)
        return value


class _AifirstModule(_AifirstModuleType):
    """A flat module as others see it: `_aifirst_names` says what each of its names is called in the bundle."""

    @property
    def __dict__(self) -> dict[str, _AifirstAny]:  # pyright: ignore[reportIncompatibleVariableOverride]  # a copy for readers
        own = _aifirst_own(self)
        names = own["_aifirst_names"]
        bound = {one: _aifirst_globals[names[one]] for one in names if names[one] in _aifirst_globals}
        return _AifirstNamespace(self, own | bound)

    def __getattr__(self, name: str) -> _AifirstAny:
        names = _aifirst_own(self)["_aifirst_names"]
        if name in names and names[name] in _aifirst_globals:
            return _aifirst_globals[names[name]]
        if "__getattr__" in names and name != "__path__":
            return _aifirst_globals[names["__getattr__"]](name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __setattr__(self, name: str, value: object) -> None:
        names = _aifirst_own(self)["_aifirst_names"]
        if name in names:
            _aifirst_globals[names[name]] = value
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        names = _aifirst_own(self)["_aifirst_names"]
        if name in names and names[name] in _aifirst_globals:
            del _aifirst_globals[names[name]]
        else:
            super().__delattr__(name)

    def __dir__(self) -> list[str]:
        names = _aifirst_own(self)["_aifirst_names"]
        if "__dir__" in names:
            return list(_aifirst_globals[names["__dir__"]]())
        return sorted(self.__dict__)


class _AifirstRoot(_AifirstModuleType):
    """The bundle's own module while the text of another runs in its namespace: for those outside it keeps its name."""

    @property
    def __name__(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]  # nobody binds it meanwhile
        return _aifirst_root


def _aifirst_become(old: _AifirstAny, new: _AifirstAny) -> None:
    """Make the bundle's own module one of another class."""
    module = _aifirst_sys.modules.get(_aifirst_root)
    if type(module) is old and _aifirst_own(module) is _aifirst_globals:
        module.__class__ = new


class _AifirstFinder:
    """Gives held modules from their text, and says what the flat ones are."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> _AifirstAny:
        if fullname in _aifirst_held:
            place, package = self.get_filename(fullname), self.is_package(fullname)
            spec = _aifirst_spec(fullname, self, origin=place, is_package=package)
            spec.has_location = True
            if package:
                spec.submodule_search_locations = _aifirst_paths.get(fullname, [])
            return spec
        module = _aifirst_sys.modules.get(fullname)
        return module.__spec__ if type(module) is _AifirstModule else None

    def create_module(self, spec: object) -> None:
        """Let Python make the module object."""

    def is_package(self, fullname: str) -> bool:
        return _aifirst_held[fullname][0].rpartition("/")[2].startswith("__init__.")

    def get_source(self, fullname: str) -> str:
        if fullname not in _aifirst_held:
            raise ImportError(
                f"{fullname} is a part of the bundle's text and has none of its own", name=fullname
            )
        return _aifirst_held[fullname][1]

    def get_filename(self, fullname: str) -> str:
        return f"{_aifirst_globals.get('__file__', '<bundle>')}/{_aifirst_held[fullname][0]}"

    def get_code(self, fullname: str) -> _AifirstAny:
        return compile(self.get_source(fullname), self.get_filename(fullname), "exec", dont_inherit=True)

    def exec_module(self, module: _AifirstAny) -> None:
        exec(self.get_code(module.__name__), module.__dict__)  # noqa: S102 (the bundle's own text)


class _AifirstDecorators(dict[str, object]):
    """By a module's name what tells a function that it is of that module."""

    def __missing__(self, name: str) -> _AifirstAny:
        def tell(function: _AifirstAny) -> _AifirstAny:
            function.__module__ = name
            return function

        self[name] = tell
        return tell


_aifirst_of = _AifirstDecorators()


def _aifirst_made(name: str, made: _AifirstAny) -> _AifirstAny:
    """A class that a call has just made, which took its module from the namespace of who called."""
    if getattr(made, "__module__", None) == _aifirst_globals["__name__"]:
        made.__module__ = name
    return made


def _aifirst_begin(name: str, plain: str, renamed: str, doc: str | None = None, package: bool = False) -> str:
    """Begin the text of a flat module; its `__name__`. Names are parted by blanks, `name=bundled` if renamed."""
    module = _AifirstModule.__new__(_AifirstModule)
    names = dict.fromkeys(plain.split())
    pairs = {one: one for one in names} | dict(pair.split("=") for pair in renamed.split())
    _aifirst_own(module)["_aifirst_names"] = pairs
    module.__init__(name, doc)
    module.__package__ = name if package else name.rpartition(".")[0]
    module.__loader__ = _aifirst_finder
    spec = _aifirst_spec(name, _aifirst_finder, is_package=package)
    module.__spec__ = spec
    if package:
        module.__path__ = spec.submodule_search_locations = _aifirst_paths.get(name, [])
    _aifirst_sys.modules[name] = module
    if not _aifirst_open:
        _aifirst_become(_AifirstModuleType, _AifirstRoot)
    _aifirst_open.append(_aifirst_globals["__name__"])
    return name


def _aifirst_end(name: str) -> str:
    """End the text of a flat module; what `__name__` is after it."""
    parent, _, last = name.rpartition(".")
    if parent in _aifirst_sys.modules:
        setattr(_aifirst_sys.modules[parent], last, _aifirst_sys.modules[name])
    own = _aifirst_open.pop()
    if not _aifirst_open:
        _aifirst_become(_AifirstRoot, _AifirstModuleType)
    return own


def _aifirst_load(name: str) -> _AifirstAny:
    """A module by its name."""
    __import__(name)
    return _aifirst_sys.modules[name]


def _aifirst_keep(name: str) -> None:
    """Put a global by while a definition of the same name is made."""
    if name in _aifirst_globals:
        _aifirst_kept[name] = _aifirst_globals[name]


def _aifirst_take(name: str) -> _AifirstAny:
    """The definition just made; the global that was put by is back."""
    made = _aifirst_globals.pop(name)
    if name in _aifirst_kept:
        _aifirst_globals[name] = _aifirst_kept.pop(name)
    return made


def _aifirst_copy(to: str, name: str) -> None:
    """Bind a name that an import of all names brings, where it is there."""
    if name in _aifirst_globals:
        _aifirst_globals[to] = _aifirst_globals[name]


_aifirst_finder: _AifirstAny = _AifirstFinder()
_aifirst_sys.meta_path.insert(0, _aifirst_finder)
