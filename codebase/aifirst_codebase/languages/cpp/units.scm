; @function, @class: a definition; @block: a namespace; @name: its name, @scope: the class of a template's
; member defined outside it; @outer: the template line. A member defined outside its class is named by
; both (`Foo::bar` is `Foo.bar`). Lambdas, prototypes and defaulted functions stay with the code around them.
(function_definition body: (_)) @function
(function_definition (try_statement)) @function
(template_declaration) @outer
(friend_declaration (function_definition)) @outer

(function_definition type: (_) declarator: (function_declarator declarator: [(identifier) (field_identifier) (operator_name) (template_function) (template_method)] @name))
(function_definition !type declarator: (function_declarator declarator: [(field_identifier) (destructor_name) (operator_name) (template_function)] @name))
(function_definition declarator: (function_declarator declarator: (parenthesized_declarator (identifier) @name)))
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (operator_name) (template_function) (qualified_identifier)] @name)))
(function_definition declarator: (pointer_declarator declarator: (pointer_declarator declarator: (function_declarator declarator: [(identifier) (field_identifier) (operator_name) (template_function) (qualified_identifier)] @name))))
(function_definition declarator: (reference_declarator (function_declarator declarator: [(identifier) (field_identifier) (operator_name) (template_function) (qualified_identifier)] @name)))
(function_definition declarator: (operator_cast) @name)
(function_definition declarator: (function_declarator declarator: (qualified_identifier scope: (namespace_identifier)) @name))
(function_definition declarator: (qualified_identifier scope: (namespace_identifier)) @name)
(function_definition declarator: (function_declarator declarator: (qualified_identifier scope: (template_type name: (_) @scope) name: (_) @name)))
(function_definition declarator: (reference_declarator (function_declarator declarator: (qualified_identifier scope: (template_type name: (_) @scope) name: (_) @name))))

; A function made by a macro (`TEST(Suite, Name) {`) is named with the macro's arguments, a constructor without.
((function_definition !type declarator: (function_declarator declarator: (identifier) @_macro) @name) (#match? @_macro "^[A-Z][A-Z0-9]*_[A-Z0-9_]*$|^TEST$|^BENCHMARK$|^SECTION$|^SCENARIO$"))
((function_definition !type declarator: (function_declarator declarator: (identifier) @name)) (#not-match? @name "^[A-Z][A-Z0-9]*_[A-Z0-9_]*$|^TEST$|^BENCHMARK$|^SECTION$|^SCENARIO$"))

((preproc_function_def name: (identifier) @name value: (preproc_arg) @_body) @function (#match? @_body "\n"))

(namespace_definition name: (_) @name) @block
(concept_definition name: (_) @name) @statement

(class_specifier name: (_) @name body: (_)) @class
(struct_specifier name: (_) @name body: (_)) @class
(union_specifier name: (_) @name body: (_)) @class
(enum_specifier name: (_) @name body: (_)) @class
(type_definition type: [(struct_specifier !name body: (_)) (union_specifier !name body: (_)) (enum_specifier !name body: (_))] . declarator: (type_identifier) @name) @class
; `class EXPORT Name {` without the macro's definition at hand reads as a function.
(function_definition type: [(class_specifier !body) (struct_specifier !body)] declarator: (identifier) @name) @class
