; @base: what a class or an interface derives from.
(extends_clause value: [(identifier) (member_expression)] @base)
(implements_clause [(type_identifier) @base (nested_type_identifier) @base (generic_type name: (_) @base)])
(extends_type_clause type: [(type_identifier) @base (nested_type_identifier) @base (generic_type name: (_) @base)])
