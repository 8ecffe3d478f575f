; @reads_above: cgo reads the comment directly above `import "C"` as C.
(comment) @comment
((import_declaration (import_spec path: (_) @_path)) @reads_above (#eq? @_path "\"C\""))
((import_spec_list (import_spec path: (_) @_path) @reads_above) (#eq? @_path "\"C\""))
