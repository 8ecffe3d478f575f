; @call: the call; @callee: the name called, the last part of a member access.
(call_expression function: (identifier) @callee) @call
(call_expression function: (field_expression field: (field_identifier) @callee)) @call
(call_expression function: (parenthesized_expression (pointer_expression argument: (identifier) @callee))) @call
