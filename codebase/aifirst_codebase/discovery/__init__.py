"""File discovery: which files of a project are read, and reading one of them.

``discover`` walks a root as git would (``ignore_stack``, ``ignore_rules``, ``wildmatch``) with the
settings' patterns on top (``path_choice``); ``read_source`` reads one file (``reading``). What a file's
language is and whether it was generated is not asked here.
"""

from aifirst_codebase.discovery.found import Discovery, DiscoverySettings, FoundFile, Skipped, WantedName
from aifirst_codebase.discovery.reading import read_source
from aifirst_codebase.discovery.walk import discover, discover_again

__all__ = [
    "Discovery",
    "DiscoverySettings",
    "FoundFile",
    "Skipped",
    "WantedName",
    "discover",
    "discover_again",
    "read_source",
]
