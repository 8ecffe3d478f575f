; @call: the call; @callee: the name called, the last part of a dotted one.
(call_expression function: (identifier) @callee) @call
(call_expression function: (selector_expression field: (field_identifier) @callee)) @call
(composite_literal type: (type_identifier) @callee) @call
(composite_literal type: (qualified_type name: (type_identifier) @callee)) @call
