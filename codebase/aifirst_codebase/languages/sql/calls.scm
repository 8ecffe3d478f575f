; @call: the call; @callee: the function called.
(invocation (object_reference name: (identifier) @callee)) @call
