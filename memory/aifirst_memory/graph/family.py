"""Language families: what about names differs between languages, as data.

A family's languages see each other's files. Where a file's names are shared without an import (a Go folder,
a Java package, all of C) is its `sharing`; how import paths lead to files is in `modules`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Sharing = Literal["file", "folder", "package", "all"]


class Family(msgspec.Struct, frozen=True):
    """How the languages of one family name things.

    `selves` are the names of the object a method belongs to, `supers` those by which it reaches its bases.
    `implicit_self` says that a plain name may be a member of the class around it, `open_classes` that
    members may be defined outside the class's file. `import_binds` is the part of a module's path that an
    import makes a name: the first, the last, or none where it makes all names of the module visible.
    """

    name: str
    sharing: Sharing = "file"
    selves: frozenset[str] = frozenset({"this"})
    supers: frozenset[str] = frozenset({"super", "super()"})
    implicit_self: bool = False
    open_classes: bool = False
    import_binds: Literal["first", "last", "all", "none"] = "last"


_FAMILIES = (
    Family("python", selves=frozenset({"self", "cls"}), import_binds="first"),
    Family("ecmascript", import_binds="none"),
    Family("go", "folder", selves=frozenset(), open_classes=True),
    Family("jvm", "package", implicit_self=True),
    Family("csharp", "package", supers=frozenset({"base"}), implicit_self=True, import_binds="all"),
    Family("php", "package", selves=frozenset({"this", "self", "static"}), supers=frozenset({"parent"})),
    Family("c", "all", implicit_self=True, open_classes=True, import_binds="all"),
    Family(
        "ruby", "all", selves=frozenset({"self"}), implicit_self=True, open_classes=True, import_binds="all"
    ),
    Family("rust", selves=frozenset({"self", "Self"}), open_classes=True),
    Family("shell", import_binds="all"),
    Family("page", import_binds="none"),
)
_BY_NAME = {family.name: family for family in _FAMILIES}
_LANGUAGES = {
    "javascript": "ecmascript", "typescript": "ecmascript", "tsx": "ecmascript", "java": "jvm", "kotlin": "jvm",
    "cpp": "c", "bash": "shell",
}  # fmt: skip


def family_of(language: str) -> Family:
    """The family of a language; that of pages, which only link to files, where it has no names to resolve."""
    return _BY_NAME.get(_LANGUAGES.get(language, language), _BY_NAME["page"])
