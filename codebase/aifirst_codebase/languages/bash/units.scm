; @function: a definition, in either syntax; @name: its name.
(function_definition name: (word) @name) @function
