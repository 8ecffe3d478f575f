; @call: the call; @callee: the name called, the last part of a dotted one.
(call_expression function: (identifier) @callee) @call
(call_expression function: (member_expression property: [(property_identifier) (private_property_identifier)] @callee)) @call
(new_expression constructor: (identifier) @callee) @call
(new_expression constructor: (member_expression property: (property_identifier) @callee)) @call
