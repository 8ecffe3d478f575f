"""What is found out about one text, in the analyst: the structs here, the work in the modules beside."""

from aifirst_lsp_server.analysis.analysis import (
    Analysis,
    FoundAssembly,
    FoundComment,
    FoundEdit,
    FoundGlue,
    FoundImport,
    FoundMarker,
    FoundNotice,
    FoundProblem,
    FoundReference,
    FoundRequirement,
    FoundSection,
    FoundTag,
    FoundTicket,
    FoundUnit,
    Limits,
)

__all__ = [
    "Analysis",
    "FoundAssembly",
    "FoundComment",
    "FoundEdit",
    "FoundGlue",
    "FoundImport",
    "FoundMarker",
    "FoundNotice",
    "FoundProblem",
    "FoundReference",
    "FoundRequirement",
    "FoundSection",
    "FoundTag",
    "FoundTicket",
    "FoundUnit",
    "Limits",
]
