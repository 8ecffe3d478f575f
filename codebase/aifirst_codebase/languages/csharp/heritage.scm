; @base: what a type derives from; @decorator: an attribute; @raised: the error thrown.
(base_list [(identifier) @base (qualified_name) @base (generic_name . (identifier) @base)])
(attribute name: (_) @decorator)
(throw_statement (object_creation_expression type: (identifier) @raised))
