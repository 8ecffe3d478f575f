; @call: the call; @callee: the name called, the last part of a qualified one.
(function_call_expression function: (name) @callee) @call
(function_call_expression function: (qualified_name (name) @callee)) @call
(member_call_expression name: (name) @callee) @call
(nullsafe_member_call_expression name: (name) @callee) @call
(scoped_call_expression name: (name) @callee) @call
(object_creation_expression (name) @callee) @call
(object_creation_expression (qualified_name (name) @callee)) @call
