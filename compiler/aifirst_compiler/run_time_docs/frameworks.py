"""What libraries read of the functions and classes that are handed to them: names, told apart by what reads.

The decorators and base classes that publish the docstring right below them are data of the ground floor
(`language.toml`); here is what takes more than one look: whole families of methods, and functions that read what
they are called with.
"""

from __future__ import annotations

from typing import Final

DOCUMENTATION_READERS: Final = frozenset({
    "inspect.getdoc", "pydoc.getdoc", "pydoc.help", "pydoc.render_doc", "pydoc.plain", "pydoc.doc", "help",
    "pydoc.splitdoc", "pydoc.synopsis", "typer.run", "fire.Fire", "plac.call", "clize.run", "defopt.run",
    "cyclopts.run", "argh.dispatch_command", "argh.dispatch_commands", "argh.add_commands",
    "argh.set_default_command", "jsonargparse.CLI", "jsonargparse.auto_cli", "tyro.cli",
    "google.adk.tools.FunctionTool", "langchain_core.tools.tool",
    "llama_index.core.tools.FunctionTool.from_defaults", "StructuredTool.from_function", "Tool.from_function",
})  # fmt: skip
"""Functions that read the docstring of what they are given, by their full name or, without dots, a built-in."""

ANNOTATION_READERS: Final = frozenset({
    "typing.get_type_hints", "typing_extensions.get_type_hints", "inspect.signature", "inspect.getfullargspec",
    "inspect.get_annotations", "inspect.Signature.from_callable", "annotationlib.get_annotations", "typer.run",
    "fire.Fire", "clize.run", "defopt.run", "jsonargparse.CLI", "jsonargparse.auto_cli", "tyro.cli",
    "pydantic.validate_call", "pydantic.create_model", "pydantic.TypeAdapter", "fastapi.Depends",
    "dataclasses.make_dataclass", "attrs.make_class", "functools.singledispatch", "get_type_hints",
    "get_annotations",
})  # fmt: skip
"""Functions that read the annotations of what they are given."""

METHOD_FAMILIES: Final = {
    "Cmd": "do_", "Cmd2": "do_", "Options": "opt_", "Transformer": "", "SparkParser": "p_", "GenericParser": "p_",
    "GenericScanner": "t_", "Magics": "",
}  # fmt: skip
"""Base classes whose methods of these names have their docstrings read: help texts, grammars."""

GRAMMAR_LIBRARIES: Final = (
    b"import ply",
    b"from ply",
    b"import yacc",
    b"import lex",
    b"yacc.yacc(",
    b"lex.lex(",
)
"""Signs of a library that takes its grammar from the docstrings of functions called `p_…` and `t_…`."""
GRAMMAR_PREFIXES: Final = ("p_", "t_")

PLAIN_DECORATORS: Final = frozenset({
    "staticmethod", "classmethod", "property", "cached_property", "setter", "getter", "deleter",
    "abstractmethod", "abstractproperty", "lru_cache", "cache", "contextmanager", "asynccontextmanager",
    "overload", "override", "final", "total_ordering", "unique", "no_type_check", "skip", "skipIf",
    "skipUnless", "expectedFailure", "fixture", "parametrize", "deprecated",
})  # fmt: skip
"""Decorators that read no annotations."""

PLAIN_BASES: Final = frozenset({
    "object", "Exception", "BaseException", "ValueError", "TypeError", "RuntimeError", "KeyError",
    "LookupError", "OSError", "AttributeError", "NotImplementedError", "ABC", "TestCase", "Thread", "dict",
    "list", "tuple", "set", "str", "int", "float", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag",
})  # fmt: skip
"""Base classes that read no annotations."""
