; @bound: a name that is given a value; @type: its declared type; @maker: the call that makes it; @field: an attribute of the object.
(local_declaration_statement (variable_declaration type: (identifier) @type (variable_declarator name: (identifier) @bound)))
(local_declaration_statement (variable_declaration type: (implicit_type) (variable_declarator name: (identifier) @bound (object_creation_expression type: (identifier) @maker))))
(parameter type: (identifier) @type name: (identifier) @bound)
(field_declaration (variable_declaration type: (identifier) @type (variable_declarator name: (identifier) @field)))
(property_declaration type: (identifier) @type name: (identifier) @field)
