; @call: the command; @callee: its name. Whether that is a function, a builtin or a program is not known here.
(command name: (command_name (word) @callee)) @call
