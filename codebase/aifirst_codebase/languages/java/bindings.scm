; @bound: a name that is given a value; @type: its declared type; @field: an attribute of the object itself.
(local_variable_declaration declarator: (variable_declarator name: (identifier) @bound))
(local_variable_declaration type: [(type_identifier) @type (scoped_type_identifier) @type (generic_type . (_) @type)] declarator: (variable_declarator name: (identifier) @bound))
(local_variable_declaration type: ((type_identifier) @_var (#eq? @_var "var")) declarator: (variable_declarator name: (identifier) @bound value: (object_creation_expression type: (_) @maker)))
(formal_parameter name: (identifier) @bound)
(formal_parameter type: [(type_identifier) @type (scoped_type_identifier) @type (generic_type . (_) @type)] name: (identifier) @bound)
(enhanced_for_statement type: [(type_identifier) @type (generic_type . (_) @type)] name: (identifier) @bound)
(field_declaration type: [(type_identifier) @type (scoped_type_identifier) @type (generic_type . (_) @type)] declarator: (variable_declarator name: (identifier) @field))
