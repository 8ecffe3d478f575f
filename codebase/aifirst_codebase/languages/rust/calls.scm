; @call: the call; @callee: the name called, the last part of a path.
(call_expression function: (identifier) @callee) @call
(call_expression function: (field_expression field: (field_identifier) @callee)) @call
(call_expression function: (scoped_identifier name: (identifier) @callee)) @call
(call_expression function: (generic_function function: [(identifier) @callee (scoped_identifier name: (identifier) @callee) (field_expression field: (field_identifier) @callee)])) @call
(struct_expression name: (type_identifier) @callee) @call
(macro_invocation macro: [(identifier) @callee (scoped_identifier name: (identifier) @callee)]) @call
