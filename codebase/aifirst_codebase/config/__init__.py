"""The settings of a project: read from its files, checked, merged, and explained.

Entry points: `find_root`, `load_config`, and on the `ProjectConfig` it returns `for_path`,
`with_directives` and `explain`. Imports only msgspec and tomllib. Judging code is not done here.
"""

from aifirst_codebase.config.file_directives import parse_assignment
from aifirst_codebase.config.layer import Origin
from aifirst_codebase.config.load import load_config, settings_from
from aifirst_codebase.config.presets import ALIASES, PRESETS
from aifirst_codebase.config.problems import ConfigError, ConfigProblem
from aifirst_codebase.config.project_config import ExplainedValue, ProjectConfig
from aifirst_codebase.config.project_root import find_folder_files, find_root
from aifirst_codebase.config.rule_names import unknown_rules
from aifirst_codebase.config.schema import settings_schema
from aifirst_codebase.config.settings import (
    Complexity,
    Connectivity,
    Discovery,
    Edits,
    Glue,
    Limits,
    Memory,
    PathSettings,
    Preset,
    Scope,
    Settings,
    Severity,
    Tickets,
)
from aifirst_codebase.config.starter import write_starter

__all__ = [
    "ALIASES",
    "PRESETS",
    "Complexity",
    "ConfigError",
    "ConfigProblem",
    "Connectivity",
    "Discovery",
    "Edits",
    "ExplainedValue",
    "Glue",
    "Limits",
    "Memory",
    "Origin",
    "PathSettings",
    "Preset",
    "ProjectConfig",
    "Scope",
    "Settings",
    "Severity",
    "Tickets",
    "find_folder_files",
    "find_root",
    "load_config",
    "parse_assignment",
    "settings_from",
    "settings_schema",
    "unknown_rules",
    "write_starter",
]
