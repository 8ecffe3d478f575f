; @call: the call; @callee: the name called. A name without arguments may be a variable: it is not listed.
(call method: [(identifier) (constant)] @callee) @call
