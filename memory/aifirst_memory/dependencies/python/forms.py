"""The compact forms that Python source is lowered to: expressions and statements as small lists, facts as structs.

An expression is a list whose first item says what it is; None stands for whatever no edge can follow from (numbers,
texts, operators). A statement is a list of its kind, its line (1-based) and its parts. They are lists and not
classes because msgspec packs and unpacks them as they are, and a project has millions. Lines inside an expression
are offsets to its statement's, so that a moved statement keeps its form.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

Form = list[Any] | None
"""An expression or a statement; None where nothing can follow from it."""
Block = list[list[Any]]

NAME: Final = 0  # name
ATTRIBUTE: Final = 1  # object, name
CALL: Final = 2  # callee, arguments, [[name or "" for **, value]]
SUBSCRIPT: Final = 3  # object, index
TUPLE: Final = 4  # elements
LIST: Final = 5
SET: Final = 6
DICT: Final = 7  # [[key, value]], the key False for **
COMPREHENSION: Final = (
    8  # "list" | "set" | "dict" | "generator", element, [[target, iterable, conditions, async]], value
)
LAMBDA: Final = 9  # parameters, body
CONDITIONAL: Final = 10  # test, then, else
BOOLEAN: Final = 11  # "and" | "or", left, right
BINARY: Final = 12  # operator, left, right
UNARY: Final = 13  # operator, operand
COMPARE: Final = 14  # operators, operands
AWAIT: Final = 15  # operand
YIELD: Final = 16
YIELD_FROM: Final = 17
WALRUS: Final = 18  # name, value
STAR: Final = 19  # iterable
TEXT: Final = 20  # a string constant
MANY: Final = 21  # parts that are evaluated, with no value that matters
FORMAT: Final = 22  # parts that are formatted into a text
AT_LINE: Final = 23  # lines below the statement's first, expression
NUMBER: Final = 24  # a small integer
ITERATED: Final = 25  # iterable, async: one of what it gives
ENTERED: Final = 26  # context manager, async: what `with` binds
PICKED: Final = 27  # iterable, index, or -1 for the starred rest
CAUGHT: Final = 28  # exception classes: what `except` binds
MATCHED: Final = 29  # subject, pattern: what a pattern with a class binds
SENT: Final = 30  # operator, left, right: the value of an augmented assignment

EXPRESSION: Final = 0  # expression
ASSIGN: Final = 1  # targets, value
DECLARE: Final = 2  # target, annotation, value
AUGMENT: Final = 3  # operator, target, value
RETURN: Final = 4  # value
RAISE: Final = 5  # exception, cause
IF: Final = 6  # [[line, test, body]], else
FOR: Final = 7  # target, iterable, body, else, async
WHILE: Final = 8  # test, body, else
TRY: Final = 9  # body, [[classes, name, body]], else, finally
WITH: Final = 10  # [[manager, target]], body, async
MATCH: Final = 11  # subject, [[pattern, guard, body]]
DEFINE: Final = 12  # index of the function's unit among the lowered ones
CLASS: Final = 13  # index of the class's unit
IMPORT: Final = 14  # [[dotted name, alias]]
FROM: Final = 15  # level, module, [[name, alias]], or None for *
GLOBAL: Final = 16  # names
NONLOCAL: Final = 17  # names
DELETE: Final = 18  # targets
ASSERT: Final = 19  # test, message
ALIAS: Final = 20  # name, type parameters, value
JUMP: Final = 21

POSITIONAL: Final = 0
ORDINARY: Final = 1
REST: Final = 2
KEYWORD: Final = 3
KEYWORDS: Final = 4

ASYNC: Final = 1
GENERATOR: Final = 2

B_DEFINED: Final = 0  # unit, whether it is a class
B_MODULE: Final = 1  # dotted name, whether the alias stands for all of it
B_FROM: Final = 2  # level, module, name
B_VALUE: Final = 3  # expression, annotation, unit whose scope it is read in


class Parameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter: its name, which sort it is, its annotation and its default."""

    name: str
    sort: int
    annotation: Form = None
    default: Form = None


class LoweredUnit(msgspec.Struct, array_like=True, gc=False):
    """A unit with its body. `bases` and `keywords` are a class's, `parameters` and `returns` a function's."""

    name: str
    is_class: bool
    parent: int
    line: int
    decorators: Block
    type_parameters: list[list[Any]]
    parameters: list[Parameter]
    returns: Form
    bases: list[Form]
    keywords: list[list[Any]]
    flags: int
    body: Block
