; Definitions that JavaScript and TypeScript share. A function is a unit where it has a name: its own, or that of what
; it is assigned to. Functions without one (callbacks, IIFE and module wrappers) belong to the code around them.
[(function_declaration name: (_) @name) (generator_function_declaration name: (_) @name)] @function
(method_definition name: (_) @name) @function
(class_static_block "static" @name) @function

; An object with functions inside holds them; so does a class expression.
(variable_declarator name: (_) @name value: [(arrow_function) (function_expression) (generator_function)]) @function
(variable_declarator name: (_) @name value: [(class) (object [(method_definition) (pair value: [(arrow_function) (function_expression) (generator_function)])])]) @class
(pair key: (_) @name value: [(arrow_function) (function_expression) (generator_function)]) @function
(pair key: (_) @name value: [(class) (object [(method_definition) (pair value: [(arrow_function) (function_expression) (generator_function)])])]) @class
(assignment_expression left: (_) @name right: [(arrow_function) (function_expression) (generator_function)]) @function
(assignment_expression left: (_) @name right: [(class) (object [(method_definition) (pair value: [(arrow_function) (function_expression) (generator_function)])])]) @class

; A function or class that goes by its own name inside an expression, and what is wrapped for a module's name
; (`const View = memo(() => {})`).
(arguments [(function_expression name: (_) @name) (generator_function name: (_) @name)] @function)
(return_statement [(function_expression name: (_) @name) (generator_function name: (_) @name)] @function)
(arguments [(class !name "class" @name) (class name: (_) @name)] @class)
(return_statement [(class !name "class" @name) (class name: (_) @name)] @class)
(arrow_function body: [(class !name "class" @name) (class name: (_) @name)] @class)
(program (lexical_declaration (variable_declarator name: (identifier) @name value: (call_expression arguments: (arguments [(arrow_function body: (statement_block)) (function_expression)]))) @function))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name value: (call_expression arguments: (arguments [(arrow_function body: (statement_block)) (function_expression)]))) @function)))

(export_statement "default" @name value: [(arrow_function) (function_expression !name) (generator_function !name)]) @function
(export_statement "default" @name value: [(class !name) (object [(method_definition) (pair value: [(arrow_function) (function_expression) (generator_function)])])]) @class
(export_statement "default" @name value: (call_expression arguments: (arguments [(arrow_function body: (statement_block)) (function_expression !name)]))) @function

; Tests: what groups them is a container, what runs is a unit named by its text. Their names may carry a modifier
; (`it.skip`) and a table (`test.each([])`).
((call_expression
  function: [(identifier) @_test
    (member_expression object: [(identifier) @_test (member_expression object: (identifier) @_test)])
    (call_expression function: (member_expression object: (identifier) @_test))]
  arguments: (arguments . [(string) (template_string) (identifier) (member_expression) (binary_expression)] @name [(arrow_function) (function_expression)])) @class
  (#any-of? @_test "describe" "suite" "context" "fdescribe" "xdescribe"))
((call_expression
  function: [(identifier) @_test
    (member_expression object: [(identifier) @_test (member_expression object: (identifier) @_test)])
    (call_expression function: [(member_expression object: (identifier) @_test) (identifier) @_test])]
  arguments: (arguments . [(string) (template_string) (identifier) (member_expression) (binary_expression)] @name [(arrow_function) (function_expression)])) @function
  (#any-of? @_test "it" "test" "specify" "fit" "xit" "bench"))
((call_expression
  function: (member_expression object: (identifier) @_qunit property: (property_identifier) @_test)
  arguments: (arguments . [(string) (template_string)] @name [(arrow_function) (function_expression)])) @function
  (#eq? @_qunit "QUnit") (#any-of? @_test "test" "skip" "only" "todo"))
((call_expression function: (identifier) @name arguments: (arguments . [(arrow_function) (function_expression)])) @function
  (#any-of? @name "beforeEach" "afterEach" "beforeAll" "afterAll" "before" "after" "setup" "teardown" "suiteSetup" "suiteTeardown"))

; What wraps a definition and ends with it; a statement that declares several wraps none of them.
(export_statement declaration: [(function_declaration) (generator_function_declaration) (class_declaration) (lexical_declaration . (variable_declarator) .) (variable_declaration . (variable_declarator) .)]) @outer
(lexical_declaration . (variable_declarator value: [(arrow_function) (function_expression) (generator_function) (class) (object) (call_expression)]) .) @outer
(variable_declaration . (variable_declarator value: [(arrow_function) (function_expression) (generator_function) (class) (object) (assignment_expression)]) .) @outer
(expression_statement [(assignment_expression) (call_expression)]) @outer
