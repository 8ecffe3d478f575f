; @import: the call; @module: the file or module it names; @name: the constant of an autoload.
((call !receiver method: (identifier) @_require arguments: (argument_list . (string (string_content) @module))) @import
  (#any-of? @_require "require" "require_relative" "load"))
((call method: (identifier) @_autoload arguments: (argument_list . (simple_symbol) @name . (string (string_content) @module))) @import
  (#eq? @_autoload "autoload"))
((call !receiver method: (identifier) @_mix arguments: (argument_list [(constant) (scope_resolution)] @module)) @import
  (#any-of? @_mix "include" "extend" "prepend"))
