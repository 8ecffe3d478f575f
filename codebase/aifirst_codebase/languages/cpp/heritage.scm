; @base: what a class derives from; @raised: the error thrown.
(base_class_clause [(type_identifier) @base (qualified_identifier) @base (template_type name: (_) @base)])
(throw_statement (call_expression function: [(identifier) (qualified_identifier)] @raised))
