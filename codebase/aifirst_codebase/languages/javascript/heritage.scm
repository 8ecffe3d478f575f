; @base: what a class derives from.
(class_heritage [(identifier) (member_expression)] @base)
