; @decorator: what stands behind the at sign, without its arguments; @raised: the error thrown.
(decorator [(identifier) @decorator (member_expression) @decorator (call_expression function: [(identifier) (member_expression)] @decorator)])
(throw_statement (new_expression constructor: [(identifier) (member_expression)] @raised))
