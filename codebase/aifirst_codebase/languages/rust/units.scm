; An `impl` goes by the name of its type.
[(function_item name: (_) @name) (function_signature_item name: (_) @name) (macro_definition name: (_) @name)] @function
[(struct_item name: (_) @name) (enum_item name: (_) @name) (union_item name: (_) @name) (trait_item name: (_) @name)] @class
(mod_item name: (_) @name body: (_)) @class
(impl_item type: [(generic_type type: [(type_identifier) (scoped_type_identifier)] @name) (_) @name]) @class
(attribute_item) @leading

; A closure that has a name.
(let_declaration pattern: (identifier) @name value: (closure_expression body: (block))) @function
