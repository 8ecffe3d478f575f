; @import: the command; @module: the file it reads.
((command name: (command_name) @_source . argument: (_) @module) @import (#any-of? @_source "source" "."))
