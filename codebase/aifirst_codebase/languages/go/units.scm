; @scope: the type whose method it is; @outer: `type` and `var` around a single declaration.
(function_declaration name: (_) @name) @function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @scope
    (generic_type type: (type_identifier) @scope)
    (pointer_type [(type_identifier) @scope (generic_type type: (type_identifier) @scope)])
    (parenthesized_type (pointer_type (type_identifier) @scope))]))
  name: (_) @name) @function
(type_spec name: (_) @name type: [(struct_type) (interface_type)]) @class
(type_declaration . (type_spec) .) @outer

; Function literals that have a name: that of what holds them.
(var_spec . name: (identifier) @name value: (expression_list . (func_literal) .)) @function
(var_declaration . (var_spec) .) @outer
(short_var_declaration left: (expression_list . (identifier) @name .) right: (expression_list . (func_literal) .)) @function
(assignment_statement left: (expression_list . (_) @name .) right: (expression_list . (func_literal) .)) @function
(keyed_element . (literal_element (identifier) @name) . (literal_element (func_literal)) .) @function

; Subtests, and the blocks of Ginkgo.
((call_expression function: (selector_expression field: (field_identifier) @_run) arguments: (argument_list . (interpreted_string_literal) @name . (func_literal) .)) @function
  (#eq? @_run "Run"))
((call_expression function: (identifier) @_run arguments: (argument_list . (interpreted_string_literal) @name (func_literal) .)) @class
  (#any-of? @_run "Describe" "Context" "When" "FDescribe" "PDescribe" "DescribeTable"))
((call_expression function: (identifier) @_run arguments: (argument_list . (interpreted_string_literal) @name (func_literal) .)) @function
  (#any-of? @_run "It" "Specify" "FIt" "PIt"))
