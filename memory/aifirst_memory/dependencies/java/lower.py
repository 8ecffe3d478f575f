"""Lowers a Java method's statements and expressions in one walk of its tree.

What a node is lowered to follows from its type; one of no meaning here becomes the parts that have one. Classes and
their members are `lower_classes.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import tree_sitter
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.declared.form import (
    UNKNOWN,
    Assign,
    Bind,
    Block,
    Call,
    Compute,
    Constant,
    Construct,
    Convert,
    Decorate,
    Define,
    Either,
    Form,
    Function,
    Index,
    Make,
    Member,
    Mention,
    Name,
    Param,
    Pattern,
    Refer,
    Return,
    Several,
    Throw,
    TypeRef,
)
from aifirst_memory.dependencies.java.lower_types import (
    TYPE_NODES,
    declared_type,
    line_of,
    lower_params,
    lower_type,
    text_of,
)

_DEEPEST = 70
"""Levels of code below which nothing is followed: more than people write, and a bound on recursion."""
_LONGEST = 60
"""Calls of a chain whose results are followed; before those only their arguments are looked at."""
_BOOLEAN = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||"})
_LITERALS = {
    "string_literal": "String", "character_literal": "char", "true": "boolean", "false": "boolean",
    "decimal_integer_literal": "int", "hex_integer_literal": "int", "octal_integer_literal": "int",
    "binary_integer_literal": "int", "decimal_floating_point_literal": "double", "hex_floating_point_literal": "double",
    "null_literal": "null",
}  # fmt: skip
_CONSTANTS = {kind: Constant(TypeRef(name)) for kind, name in _LITERALS.items()}
_SUFFIXES = {"l": "long", "f": "float", "d": "double"}
_NIL = Constant(UNKNOWN)
_SKIPPED = frozenset(
    {"line_comment", "block_comment", "package_declaration", "import_declaration", "modifiers"}
)
_EMPTY = Several(())
SUBJECT = "switch"
"""The name that the subject of a switch goes by in its labels."""


class Lowering:
    """The lowering of expressions and statements. `_define` is what classes are lowered with."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.unit = ""
        self._depth = 0

    def lower(self, node: tree_sitter.Node) -> Form:
        """A node as a form."""
        kind = node.type
        if kind in _CONSTANTS:
            return self._constant(node, kind)
        if kind in _SKIPPED or self._depth >= _DEEPEST:
            return _NIL
        if kind in TYPE_NODES:
            return Mention(lower_type(node), line_of(node))
        rule = _RULES.get(kind)
        self._depth += 1
        if rule is not None:
            form = rule(self, node)
        elif kind in CLASS_NODES:
            form = self.define(node)
        else:
            form = self._parts(node)
        self._depth -= 1
        return form

    def all(self, nodes: Iterable[tree_sitter.Node]) -> tuple[Form, ...]:
        """Nodes as forms, without those that say nothing."""
        forms = [self.lower(node) for node in nodes]
        return tuple(form for form in forms if form is not _EMPTY and form is not _NIL)

    def maybe(self, node: tree_sitter.Node | None) -> Form:
        """A node as a form; one that says nothing where there is none."""
        return self.lower(node) if node is not None else _EMPTY

    def define(self, node: tree_sitter.Node) -> Form:
        """A class where it stands."""
        raise NotImplementedError

    def anonymous(self, node: tree_sitter.Node, type_: TypeRef, body: tree_sitter.Node) -> Define:
        """The body of a nameless class."""
        raise NotImplementedError

    def called(self, function: Form, args: tuple[Form, ...]) -> None:
        """A call was met."""

    def returned(self, value: Form) -> None:
        """A value is given back."""

    def _constant(self, node: tree_sitter.Node, kind: str) -> Form:
        if kind.endswith(("integer_literal", "point_literal")) and not kind.startswith("hex_integer"):
            suffix = _SUFFIXES.get(text_of(node)[-1:].lower())
            if suffix is not None:
                return Constant(TypeRef(suffix))
        elif kind == "hex_integer_literal" and text_of(node)[-1:] in "lL":
            return Constant(TypeRef("long"))
        return _CONSTANTS[kind]

    def _parts(self, node: tree_sitter.Node) -> Form:
        items = self.all(node.named_children)
        return items[0] if len(items) == 1 else Several(items) if items else _EMPTY

    def _name(self, node: tree_sitter.Node) -> Form:
        return Name(text_of(node), line_of(node))

    def args(self, node: tree_sitter.Node | None) -> tuple[Form, ...]:
        """The arguments of a call, each at its place."""
        if node is None:
            return ()
        return tuple(self.lower(part) for part in node.named_children if part.type not in _SKIPPED)

    def _access(self, node: tree_sitter.Node) -> Form:
        names: list[tree_sitter.Node] = []
        at: tree_sitter.Node | None = node
        while at is not None and at.type in ("field_access", "scoped_identifier"):
            field = at.child_by_field_name("field") or at.child_by_field_name("name")
            if field is not None:
                names.append(field)
            at = at.child_by_field_name("object") or at.child_by_field_name("scope")
        form = self.maybe(at)
        for name in reversed(names[-_LONGEST:]):
            form = Member(form, text_of(name), line_of(name))
        return form

    def _invocation(self, node: tree_sitter.Node) -> Form:
        chain: list[tree_sitter.Node] = []
        at: tree_sitter.Node | None = node
        while at is not None and at.type == "method_invocation":
            chain.append(at)
            at = at.child_by_field_name("object")
        of = self.maybe(at) if at is not None else None
        if len(chain) > _LONGEST:
            before = [
                arg
                for link in reversed(chain[_LONGEST:])
                for arg in self.args(link.child_by_field_name("arguments"))
            ]
            of = Several(((of,) if of is not None else ()) + tuple(before))
            chain = chain[:_LONGEST]
        for link in reversed(chain):
            of = self._link(link, of)
        return of if of is not None else _EMPTY

    def _link(self, node: tree_sitter.Node, of: Form | None) -> Form:
        name = node.child_by_field_name("name")
        line = line_of(name if name is not None else node)
        if of is not None and any(part.type == "super" for part in node.children[1:4]):
            of = Member(of, "super", line)
        function = Name(text_of(name), line) if of is None else Member(of, text_of(name), line)
        types = node.child_by_field_name("type_arguments")
        given = tuple(lower_type(part) for part in types.named_children) if types is not None else ()
        args = self.args(node.child_by_field_name("arguments"))
        self.called(function, args)
        return Call(function, args, line, given)

    def _constructor_call(self, node: tree_sitter.Node) -> Form:
        called = node.child_by_field_name("constructor")
        args = self.args(node.child_by_field_name("arguments"))
        outer = node.child_by_field_name("object")
        call = Call(Name(text_of(called), line_of(node)), args, line_of(node))
        return call if outer is None else Several((self.lower(outer), call))

    def _creation(self, node: tree_sitter.Node) -> Form:
        written = node.child_by_field_name("type")
        type_, line = lower_type(written), line_of(node)
        args = self.args(node.child_by_field_name("arguments"))
        first = node.named_children[0] if node.named_children else None
        is_outer = (
            first is not None
            and first != written
            and first.type not in ("type_arguments", "argument_list", "class_body")
        )
        outer = (
            self.lower(first) if first is not None and is_outer and "annotation" not in first.type else None
        )
        body = next((part for part in node.named_children if part.type == "class_body"), None)
        return Construct(
            type_, args, line, None if body is None else self.anonymous(node, type_, body), outer
        )

    def _lambda(self, node: tree_sitter.Node) -> Form:
        unit = self.reading.units[self.reading.unit_at(node.start_byte)]
        named = unit.name if unit.kind == "function" and unit.name != self.unit else ""
        around, self.unit = self.unit, named or self.unit
        params, body = lower_params(node.child_by_field_name("parameters")), node.child_by_field_name("body")
        forms: tuple[Form, ...] = ()
        value: Form | None = None
        if body is not None and body.type == "block":
            forms = self.all(body.named_children)
        elif body is not None:
            value = self.lower(body)
        self.unit = around
        return Function(named, params, (), forms, value=value)

    def _reference(self, node: tree_sitter.Node) -> Form:
        parts = [part for part in node.named_children if part.type != "type_arguments"]
        name = text_of(parts[-1]) if len(parts) > 1 else "new"
        return Refer(self.maybe(parts[0] if parts else None), name, line_of(node))

    def _instance_of(self, node: tree_sitter.Node) -> Form:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        name, pattern = node.child_by_field_name("name"), node.child_by_field_name("pattern")
        if right is not None:
            matched: Form = Pattern(lower_type(right), text_of(name), line_of(right))
        else:
            matched = self.maybe(pattern)
        return Several((self.maybe(left), matched), TypeRef("boolean"))

    def _pattern(self, node: tree_sitter.Node) -> Form:
        return self.pattern(node) or self._parts(node)

    def pattern(self, node: tree_sitter.Node, depth: int = 0) -> Pattern | None:
        """A type or record pattern, with those inside it."""
        if depth > 20:
            return None
        parts = [part for part in node.named_children if part.type not in _SKIPPED]
        if node.type == "pattern" and parts:
            return self.pattern(parts[0], depth + 1)
        if node.type in ("type_pattern", "record_pattern_component") and parts:
            if parts[0].type == "record_pattern":
                return self.pattern(parts[0], depth + 1)
            return Pattern(lower_type(parts[0]), text_of(parts[-1]) if len(parts) > 1 else "", line_of(node))
        if node.type == "record_pattern" and parts:
            inner = [self.pattern(part, depth + 1) for body in parts[1:] for part in body.named_children]
            return Pattern(
                lower_type(parts[0]), "", line_of(node), tuple(part for part in inner if part is not None)
            )
        return None

    def _switch(self, node: tree_sitter.Node) -> Form:
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
        subject = Bind((SUBJECT,), UNKNOWN, (self.maybe(condition),), line_of(node))
        rules = [
            Block(self.all(rule.named_children)) for rule in (body.named_children if body is not None else ())
        ]
        return Block((subject, Either(tuple(rules))))

    def _label(self, node: tree_sitter.Node) -> Form:
        found: list[Form] = []
        for part in node.named_children:
            if part.type == "identifier":
                found.append(Member(Name(SUBJECT, 0), text_of(part), line_of(part)))
            else:
                found.append(self.lower(part))
        return Several(tuple(found))

    def _cast(self, node: tree_sitter.Node) -> Form:
        types = node.children_by_field_name("type")
        value = self.maybe(node.child_by_field_name("value"))
        more = tuple(Mention(lower_type(type_), line_of(type_)) for type_ in types[1:])
        form = Convert(lower_type(types[0] if types else None), value, line_of(node))
        return Several((*more, form)) if more else form

    def _array(self, node: tree_sitter.Node) -> Form:
        type_ = lower_type(node.child_by_field_name("type"))
        dimensions = node.children_by_field_name("dimensions")
        for part in dimensions:
            for _ in range(max(1, text_of(part).count("[") if part.type == "dimensions" else 1)):
                type_ = TypeRef("[]", (type_,))
        sizes = self.all(size for part in dimensions for size in part.named_children)
        value = node.child_by_field_name("value")
        items = self.args(value) if value is not None else ()
        every = (*items, *sizes)
        return Make(type_, every, (None,) * len(every), line_of(node))

    def _initializer(self, node: tree_sitter.Node) -> Form:
        items = self.args(node)
        return Make(UNKNOWN, items, (None,) * len(items), line_of(node))

    def _ternary(self, node: tree_sitter.Node) -> Form:
        condition = self.maybe(node.child_by_field_name("condition"))
        sides = (node.child_by_field_name("consequence"), node.child_by_field_name("alternative"))
        return Either((Several((condition,)), *map(self.maybe, sides)))

    def _binary(self, node: tree_sitter.Node) -> Form:
        items: list[Form] = []
        at: tree_sitter.Node | None = node
        signs: set[str] = set()
        # A sum of thousands of parts leans to the left: it is walked, not descended.
        while at is not None and at.type == "binary_expression":
            sign = at.child_by_field_name("operator")
            signs.add(sign.type if sign is not None else "")
            items.append(self.maybe(at.child_by_field_name("right")))
            at = at.child_by_field_name("left")
        items.append(self.maybe(at))
        kept = tuple(reversed(items))
        return Several(kept, TypeRef("boolean")) if signs & _BOOLEAN else Compute(kept, "+" in signs)

    def _unary(self, node: tree_sitter.Node) -> Form:
        operand = self.maybe(node.child_by_field_name("operand"))
        return Several((operand,), TypeRef("boolean")) if node.children[0].type == "!" else operand

    def _assignment(self, node: tree_sitter.Node) -> Form:
        target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        return Assign((self.maybe(target),), (self.maybe(value),), line_of(node))

    def locals(self, node: tree_sitter.Node) -> Form:
        """The variables of a declaration."""
        found: list[Form] = list(self.annotations(node, whole=False))
        for declarator in node.children_by_field_name("declarator"):
            name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
            values = (self.lower(value),) if value is not None else ()
            found.append(Bind((text_of(name),), declared_type(node, declarator), values, line_of(declarator)))
        return found[0] if len(found) == 1 else Several(tuple(found))

    def _each(self, node: tree_sitter.Node) -> Form:
        names = (text_of(node.child_by_field_name("name")),)
        value = self.maybe(node.child_by_field_name("value"))
        bound = Bind(names, declared_type(node), (value,), line_of(node), each=True)
        return Block((bound, self.maybe(node.child_by_field_name("body"))))

    def _block(self, node: tree_sitter.Node) -> Form:
        return Block(self.all(node.named_children))

    def _if(self, node: tree_sitter.Node) -> Form:
        """Names bound in a condition may go on behind it: an `if` has no names of its own."""
        forms: list[Form] = []
        at: tree_sitter.Node | None = node
        while at is not None and at.type == "if_statement":
            forms.append(self.maybe(at.child_by_field_name("condition")))
            forms.append(self.maybe(at.child_by_field_name("consequence")))
            at = at.child_by_field_name("alternative")
        if at is not None:
            forms.append(self.lower(at))
        return Several(tuple(forms))

    def _try(self, node: tree_sitter.Node) -> Form:
        resources: list[Form] = []
        rest: list[Form] = []
        for part in node.named_children:
            if part.type == "resource_specification":
                for resource in part.named_children:
                    resources += self._resource(resource)
            elif part.type == "block":
                rest.append(Block((*resources, self.lower(part))))
            else:
                rest.append(self.lower(part))
        return Several(tuple(rest))

    def _resource(self, node: tree_sitter.Node) -> list[Form]:
        name, value, line = node.child_by_field_name("name"), node.child_by_field_name("value"), line_of(node)
        if node.type != "resource":
            return []
        if name is None:
            return [Call(Member(self._parts(node), "close", line), (), line)]
        bound = Bind((text_of(name),), declared_type(node), (self.maybe(value),), line)
        return [bound, Call(Member(Name(text_of(name), 0), "close", line), (), line)]

    def _catch(self, node: tree_sitter.Node) -> Form:
        caught = next((part for part in node.named_children if part.type == "catch_formal_parameter"), None)
        body = self.maybe(node.child_by_field_name("body"))
        if caught is None:
            return body
        types = next((part for part in caught.named_children if part.type == "catch_type"), None)
        name = text_of(caught.child_by_field_name("name"))
        return Block((Bind((name,), lower_type(types), (), line_of(caught)), body))

    def _throw(self, node: tree_sitter.Node) -> Form:
        return Throw(self._parts(node), line_of(node))

    def _return(self, node: tree_sitter.Node) -> Form:
        value = self._parts(node)
        self.returned(value)
        return Return((value,))

    def _class_literal(self, node: tree_sitter.Node) -> Form:
        return Several((self._parts(node),), TypeRef("Class", (lower_type(node.named_children[0]),)))

    def _index(self, node: tree_sitter.Node) -> Form:
        index = self.maybe(node.child_by_field_name("index"))
        return Index(self.maybe(node.child_by_field_name("array")), (index,), line_of(node))

    def annotations(self, node: tree_sitter.Node, *, whole: bool) -> list[Form]:
        """The annotations of a declaration."""
        found: list[Form] = []
        for modifiers in node.named_children:
            if modifiers.type != "modifiers":
                continue
            for part in modifiers.named_children:
                if part.type in ("marker_annotation", "annotation"):
                    found.append(self._annotation(part, whole))
        return found

    def _annotation(self, node: tree_sitter.Node, whole: bool) -> Form:
        items: list[Form] = []
        arguments = node.child_by_field_name("arguments")
        for part in arguments.named_children if arguments is not None else ():
            value = part.child_by_field_name("value") if part.type == "element_value_pair" else part
            items.append(self.maybe(value))
        return Decorate(lower_type(node.child_by_field_name("name")), tuple(items), line_of(node), whole)

    def _inner_annotation(self, node: tree_sitter.Node) -> Form:
        return self._annotation(node, False)


def params_of(node: tree_sitter.Node) -> tuple[Param, ...]:
    """The parameters of a declaration."""
    return lower_params(node.child_by_field_name("parameters"))


CLASS_NODES = frozenset({
    "class_declaration", "interface_declaration", "enum_declaration", "record_declaration", "annotation_type_declaration",
})  # fmt: skip
_RULES: dict[str, Callable[[Lowering, tree_sitter.Node], Form]] = {
    "identifier": Lowering._name,
    "this": Lowering._name,
    "super": Lowering._name,
    "field_access": Lowering._access,
    "scoped_identifier": Lowering._access,
    "method_invocation": Lowering._invocation,
    "explicit_constructor_invocation": Lowering._constructor_call,
    "object_creation_expression": Lowering._creation,
    "lambda_expression": Lowering._lambda,
    "method_reference": Lowering._reference,
    "instanceof_expression": Lowering._instance_of,
    "pattern": Lowering._pattern,
    "record_pattern": Lowering._pattern,
    "type_pattern": Lowering._pattern,
    "switch_expression": Lowering._switch,
    "switch_label": Lowering._label,
    "cast_expression": Lowering._cast,
    "array_creation_expression": Lowering._array,
    "array_initializer": Lowering._initializer,
    "element_value_array_initializer": Lowering._initializer,
    "ternary_expression": Lowering._ternary,
    "binary_expression": Lowering._binary,
    "unary_expression": Lowering._unary,
    "assignment_expression": Lowering._assignment,
    "local_variable_declaration": Lowering.locals,
    "enhanced_for_statement": Lowering._each,
    "for_statement": Lowering._block,
    "block": Lowering._block,
    "if_statement": Lowering._if,
    "try_statement": Lowering._try,
    "try_with_resources_statement": Lowering._try,
    "catch_clause": Lowering._catch,
    "throw_statement": Lowering._throw,
    "return_statement": Lowering._return,
    "class_literal": Lowering._class_literal,
    "array_access": Lowering._index,
    "annotation": Lowering._inner_annotation,
    "marker_annotation": Lowering._inner_annotation,
}
