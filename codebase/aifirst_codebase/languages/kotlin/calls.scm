; @call: the call; @callee: the name called, the last part of a dotted one.
(call_expression . (identifier) @callee) @call
(call_expression . (navigation_expression (identifier) @callee .)) @call
