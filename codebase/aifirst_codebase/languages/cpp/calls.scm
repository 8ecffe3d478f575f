; @call: the call; @callee: the name called, the last part of a qualified one.
(call_expression function: (identifier) @callee) @call
(call_expression function: (field_expression field: (field_identifier) @callee)) @call
(call_expression function: (field_expression field: (template_method name: (field_identifier) @callee))) @call
(call_expression function: (template_function name: (identifier) @callee)) @call
(call_expression function: (qualified_identifier name: (identifier) @callee)) @call
(call_expression function: (qualified_identifier name: (template_function name: (identifier) @callee))) @call
(call_expression function: (qualified_identifier name: (qualified_identifier name: (identifier) @callee))) @call
(new_expression type: (type_identifier) @callee) @call
(new_expression type: (qualified_identifier name: (type_identifier) @callee)) @call
