; @bound: a name that is given a value; @maker: the call that makes the value; @same: what the name stands for;
; @field: an attribute of the object itself. What a module exports as its default is bound to `default`.
(variable_declarator name: (identifier) @bound)
(variable_declarator name: (identifier) @bound value: [(new_expression constructor: [(identifier) (member_expression)] @maker) (call_expression function: [(identifier) (member_expression)] @maker)])
(program (lexical_declaration (variable_declarator name: (identifier) @bound value: [(identifier) (member_expression)] @same)))
(assignment_expression left: (member_expression object: (this) property: (property_identifier) @field) right: (new_expression constructor: [(identifier) (member_expression)] @maker))
(arrow_function parameter: (identifier) @bound)
(export_statement "default" @bound value: (identifier) @same)
(export_statement "default" @bound declaration: [(function_declaration name: (_) @same) (generator_function_declaration name: (_) @same) (class_declaration name: (_) @same)])
((assignment_expression left: (member_expression object: (identifier) @_module property: (property_identifier) @_exports) @bound right: (identifier) @same)
  (#eq? @_module "module") (#eq? @_exports "exports"))
