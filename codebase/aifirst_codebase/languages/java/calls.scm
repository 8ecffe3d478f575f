; @call: the call; @callee: the name called.
(method_invocation name: (identifier) @callee) @call
(object_creation_expression type: [(type_identifier) @callee (generic_type . (type_identifier) @callee)]) @call
