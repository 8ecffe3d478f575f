; @call: the call; @callee: the name called, the last part of a qualified one.
(invocation_expression function: (identifier) @callee) @call
(invocation_expression function: (generic_name (identifier) @callee)) @call
(invocation_expression function: (member_access_expression name: (identifier) @callee)) @call
(invocation_expression function: (member_access_expression name: (generic_name (identifier) @callee))) @call
(invocation_expression function: (conditional_access_expression (member_binding_expression name: (identifier) @callee))) @call
(object_creation_expression type: (identifier) @callee) @call
(object_creation_expression type: (generic_name (identifier) @callee)) @call
(object_creation_expression type: (qualified_name name: (identifier) @callee)) @call
