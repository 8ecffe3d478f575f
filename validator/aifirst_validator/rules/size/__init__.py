"""AF1xx: how large and how involved units and files may be."""
