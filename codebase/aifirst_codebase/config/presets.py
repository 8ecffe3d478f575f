"""What each preset changes, as plain overrides of the defaults in `settings`.

`balanced` is the default and changes nothing. The figures follow the AI-First presets; where those
would flood an ordinary library (a comment ratio for every file, 200 lines a file) the stricter figure
is kept for `full` and for files that carry a ticket or a tag.
"""

from __future__ import annotations

from typing import Final

PRESETS: Final[dict[str, dict[str, dict[str, object]]]] = {
    "full": {
        "limits": {"code_tokens": 500, "file_lines": 150, "file_tokens": 1500, "function_lines": 50,
                   "functions_per_file": 1},
        "complexity": {"max_level": 3},
        "glue": {"scope": "all", "floor": 0.7, "target": 0.8, "quality": "all", "require_file_header": True,
                 "require_function_docstring": True},
        "connectivity": {"scope": "all", "require_tags": "all"},
        "edits": {"scope": "all", "tests_required": "all"},
    },
    "balanced": {},
    "gradual": {
        "limits": {"unit_tokens": 1000, "unit_tokens_error": 1500, "unit_tokens_split": 2000},
        "glue": {"floor": 0.3, "target": 0.5},
    },
    "legacy": {
        "limits": {"unit_tokens": 1500, "unit_tokens_error": 0, "unit_tokens_split": 0, "file_lines": 0},
        "complexity": {"max_level": 5},
        "glue": {"floor": 0.2, "target": 0.3, "quality": "off"},
        "tickets": {"required_sections": False},
        "edits": {"tests_required": "off"},
    },
    "prototype": {
        "limits": {"unit_tokens": 2000, "unit_tokens_error": 0, "unit_tokens_split": 0, "ticket_tokens": 0,
                   "file_lines": 0},
        "complexity": {"max_level": 0},
        "glue": {"scope": "off", "quality": "off", "floor": 0.1, "target": 0.2},
        "connectivity": {"scope": "off"},
        "tickets": {"required_sections": False},
        "edits": {"scope": "off", "tests_required": "off"},
    },
}  # fmt: skip

ALIASES: Final[dict[str, str]] = {
    "pure": "full",
    "nss-coder-pure": "full",
    "gradual-adoption": "gradual",
    "legacy-project": "legacy",
    "minimal": "legacy",
}
"""Names that other AI-First tools use for the same presets."""
