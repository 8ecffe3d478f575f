; @function, @class: a definition; @name: its name. Prototypes, forward declarations and one-line macros
; stay with the code around them; a type that is defined inside a function or another type does too.
(function_definition) @function
(function_definition declarator: (function_declarator declarator: (identifier) @name))
(function_definition declarator: (function_declarator declarator: (parenthesized_declarator (identifier) @name)))
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))
(function_definition declarator: (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))))
(function_definition declarator: (pointer_declarator declarator: (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))))
(function_definition declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))))

((preproc_function_def name: (identifier) @name value: (preproc_arg) @_body) @function (#match? @_body "\n"))

; struct, union and enum with a body, alone or with a variable or a typedef behind it.
(translation_unit [(struct_specifier name: (_) @name body: (_)) (union_specifier name: (_) @name body: (_)) (enum_specifier name: (_) @name body: (_))] @class)
(declaration_list [(struct_specifier name: (_) @name body: (_)) (union_specifier name: (_) @name body: (_)) (enum_specifier name: (_) @name body: (_))] @class)
(preproc_if [(struct_specifier name: (_) @name body: (_)) (union_specifier name: (_) @name body: (_)) (enum_specifier name: (_) @name body: (_))] @class)
(preproc_ifdef [(struct_specifier name: (_) @name body: (_)) (union_specifier name: (_) @name body: (_)) (enum_specifier name: (_) @name body: (_))] @class)
(preproc_else [(struct_specifier name: (_) @name body: (_)) (union_specifier name: (_) @name body: (_)) (enum_specifier name: (_) @name body: (_))] @class)
(preproc_elif [(struct_specifier name: (_) @name body: (_)) (union_specifier name: (_) @name body: (_)) (enum_specifier name: (_) @name body: (_))] @class)
(declaration type: [(struct_specifier name: (_) @name body: (_)) (union_specifier name: (_) @name body: (_)) (enum_specifier name: (_) @name body: (_))]) @class
(type_definition type: [(struct_specifier body: (_)) (union_specifier body: (_)) (enum_specifier body: (_))] . declarator: (type_identifier) @name) @class
(type_definition type: [(struct_specifier body: (_)) (union_specifier body: (_)) (enum_specifier body: (_))] . declarator: (pointer_declarator declarator: (type_identifier) @name)) @class
