; @function, @class: a definition; @name: its name. A namespace is not a unit, with braces or without, so
; both forms name the same things alike; text outside `<?php` belongs to the code around it.
(function_definition name: (name) @name) @function
(method_declaration name: (name) @name body: (_)) @function
[(class_declaration name: (name) @name) (trait_declaration name: (name) @name)
 (interface_declaration name: (name) @name) (enum_declaration name: (name) @name)] @class
; Closures that get a name by being assigned.
(expression_statement (assignment_expression left: (variable_name (name) @name) right: [(anonymous_function) (arrow_function)])) @function
(expression_statement (assignment_expression left: (member_access_expression name: (name) @name) right: [(anonymous_function) (arrow_function)])) @function
; Properties whose hooks hold code.
(property_declaration (property_element name: (variable_name (name) @name)) (property_hook_list)) @function
