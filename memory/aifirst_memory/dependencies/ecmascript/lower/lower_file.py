"""A file, lowered."""

from __future__ import annotations

from functools import cache

from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.ecmascript.facts import FileBody
from aifirst_memory.dependencies.ecmascript.lower.calls import CALLS
from aifirst_memory.dependencies.ecmascript.lower.classes import CLASS_EXPRESSIONS, CLASSES
from aifirst_memory.dependencies.ecmascript.lower.expressions import EXPRESSIONS
from aifirst_memory.dependencies.ecmascript.lower.find_flows import find_flows
from aifirst_memory.dependencies.ecmascript.lower.functions import FUNCTION_EXPRESSIONS, FUNCTION_STATEMENTS
from aifirst_memory.dependencies.ecmascript.lower.lowering import Handlers, Lowering
from aifirst_memory.dependencies.ecmascript.lower.modules import MODULES
from aifirst_memory.dependencies.ecmascript.lower.statements import STATEMENTS
from aifirst_memory.dependencies.ecmascript.lower.types import TYPES, TYPES_ONLY


@cache
def _handlers() -> Handlers:
    expressions = {**EXPRESSIONS, **CALLS, **FUNCTION_EXPRESSIONS, **CLASS_EXPRESSIONS}
    statements = {**TYPES, **STATEMENTS, **FUNCTION_STATEMENTS, **CLASSES, **MODULES}
    return Handlers(expressions, statements, TYPES_ONLY)


def lower_file(reading: Reading) -> FileBody:
    """What a file says; that of an empty one where it has no tree."""
    low = Lowering(reading, _handlers())
    low.walk_children(reading.tree.root_node)
    low.close_scope()
    find_flows(low.body)
    return low.body
