(class_declaration name: (_) @name) @class
(field_definition property: (_) @name value: [(arrow_function) (function_expression) (generator_function)]) @function
