; @function, @class: a definition; @name: its name; @scope: the interface of a member that implements it
; explicitly. A namespace is not a unit, with braces or without, so both forms name the same things alike.
[(class_declaration name: (_) @name) (struct_declaration name: (_) @name) (interface_declaration name: (_) @name)
 (enum_declaration name: (_) @name) (record_declaration name: (_) @name)] @class
[(method_declaration name: (_) @name body: (_)) (constructor_declaration name: (_) @name body: (_))
 (local_function_statement name: (_) @name body: (_))] @function
(destructor_declaration "~" @scope name: (_) @name body: (_)) @function
(method_declaration (explicit_interface_specifier (_) @scope) name: (_) @name)
(operator_declaration "operator" @scope operator: _ @name body: (_)) @function
(conversion_operator_declaration "operator" @scope type: (_) @name body: (_)) @function
; Properties, indexers and events whose accessors hold code.
(property_declaration name: (_) @name accessors: (accessor_list (accessor_declaration body: (_)))) @function
(property_declaration name: (_) @name value: (arrow_expression_clause)) @function
(indexer_declaration "this" @name accessors: (accessor_list (accessor_declaration body: (_)))) @function
(indexer_declaration "this" @name value: (arrow_expression_clause)) @function
(event_declaration name: (_) @name accessors: (accessor_list (accessor_declaration body: (_)))) @function
