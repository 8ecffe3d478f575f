; @function, @class: a definition; @name: its name. A function without a body, `init` blocks, properties
; without code and type aliases stay with what holds them.
(function_declaration name: (identifier) @name (function_body)) @function
(class_declaration name: (identifier) @name) @class
(object_declaration name: (identifier) @name) @class
(companion_object name: (identifier) @name) @class
(companion_object !name "companion" @name) @class
(enum_entry (identifier) @name (class_body)) @class
(secondary_constructor "constructor" @name (block)) @function
; Properties whose accessors hold code, and those that hold a function.
(property_declaration (variable_declaration . (identifier) @name) [(getter (function_body)) (setter (function_body))]) @function
(property_declaration (variable_declaration . (identifier) @name) [(lambda_literal) (anonymous_function)]) @function
