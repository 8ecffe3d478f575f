; @call: the call; @callee: the name called, the last part of a dotted one.
(call function: (identifier) @callee) @call
(call function: (attribute attribute: (identifier) @callee)) @call
