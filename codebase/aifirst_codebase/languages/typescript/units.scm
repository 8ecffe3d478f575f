[(class_declaration name: (_) @name) (abstract_class_declaration name: (_) @name)] @class
[(interface_declaration name: (_) @name) (enum_declaration name: (_) @name) (type_alias_declaration name: (_) @name)] @class
[(internal_module name: (_) @name) (module name: (_) @name)] @class
(ambient_declaration "global" @name (statement_block)) @class
(public_field_definition name: (_) @name value: [(arrow_function) (function_expression) (generator_function)]) @function

; Signatures: of overloads, of abstract methods, of what is declared only.
(function_signature name: (_) @name) @function
(class_body [(method_signature name: (_) @name) (abstract_method_signature name: (_) @name)] @function)
(class_body (decorator) @leading)

(export_statement declaration: [(abstract_class_declaration) (interface_declaration) (enum_declaration) (type_alias_declaration) (internal_module) (module) (function_signature) (ambient_declaration)]) @outer
(ambient_declaration) @outer
(expression_statement (internal_module)) @outer
