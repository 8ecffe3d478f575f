; @function, @class: a definition; @name: its name, inside it and before its body;
; @outer: what wraps a definition and ends with it (decorators, export).
(function_definition name: (identifier) @name) @function
(class_definition name: (identifier) @name) @class
(decorated_definition) @outer
