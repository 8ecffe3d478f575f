; @function, @class: a definition; @block: a group of specs; @name: its name; @scope: what a singleton
; method belongs to; @outer: the `private` before a method. Attributes stay with their class.
(method name: (_) @name) @function
(singleton_method object: [(self) (constant) (identifier)] @scope name: (_) @name) @function
(class name: (_) @name) @class
(module name: (_) @name) @class
(singleton_class value: (_) @name) @class
(call !receiver !block arguments: (argument_list . [(method) (singleton_method)] .)) @outer
; Classes made by a call.
((assignment left: (constant) @name right: (call method: (identifier) @_new block: (_))) @class (#any-of? @_new "new" "define"))
((call method: (identifier) @_define arguments: (argument_list . (_) @name) block: (_)) @function
  (#any-of? @_define "define_method" "define_singleton_method"))
; RSpec, minitest, Rake.
((call method: (identifier) @_group arguments: (argument_list . (_) @name) block: (_)) @block
  (#any-of? @_group "describe" "context" "feature" "shared_examples" "shared_examples_for" "shared_context" "xdescribe" "xcontext" "fdescribe" "fcontext"))
((call !receiver method: (identifier) @_case arguments: (argument_list . (_) @name) block: (_)) @function
  (#any-of? @_case "it" "specify" "example" "scenario" "xit" "fit" "test" "should" "task" "file" "rule" "it_behaves_like"))
((call !receiver !arguments method: (identifier) @name block: (_)) @function (#any-of? @name "it" "specify" "example"))
; Sorbet's signature stands above the method it types, Rake's description above its task.
((call !receiver !arguments method: (identifier) @_sig block: (_)) @leading (#eq? @_sig "sig"))
((call !receiver !block method: (identifier) @_desc arguments: (argument_list . (string) .)) @leading (#eq? @_desc "desc"))
