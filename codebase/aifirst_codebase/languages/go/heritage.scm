; @base: a type that a struct or an interface embeds; @package: what the file's names belong to.
(field_declaration !name type: [(type_identifier) @base (qualified_type) @base (generic_type type: (_) @base)])
(field_declaration !name "*" type: [(type_identifier) @base (qualified_type) @base])
(interface_type (type_elem . [(type_identifier) (qualified_type)] @base .))
(package_clause (package_identifier) @package)
