; @rule: a rule set or an at-rule with a block; @name: its selectors or its condition; @scope: the at-rule's
; keyword. Rules inside an at-rule are units of their own.
(rule_set (selectors) @name) @rule
(media_statement "@media" @scope . (_) @name (block)) @rule
(supports_statement "@supports" @scope . (_) @name (block)) @rule
(scope_statement "@scope" @scope . (_) @name (block)) @rule
(keyframes_statement ["@keyframes" (at_keyword)] @scope (keyframes_name) @name) @rule
(at_rule (at_keyword) @scope . (_)? @name (block)) @rule
