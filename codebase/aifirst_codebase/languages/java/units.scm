; A class inside an expression goes by the type it extends.
[(class_declaration name: (_) @name) (interface_declaration name: (_) @name) (enum_declaration name: (_) @name)
 (record_declaration name: (_) @name) (annotation_type_declaration name: (_) @name)] @class
(enum_constant name: (_) @name body: (_)) @class
(object_creation_expression type: [(type_identifier) @name (generic_type . (type_identifier) @name) (scoped_type_identifier) @name (generic_type . (scoped_type_identifier) @name)] (class_body)) @class

[(method_declaration name: (_) @name) (constructor_declaration name: (_) @name)
 (compact_constructor_declaration name: (_) @name) (annotation_type_element_declaration name: (_) @name)] @function
(static_initializer "static" @name) @function
(field_declaration declarator: (variable_declarator name: (_) @name value: (lambda_expression body: (block)))) @function
