"""Tickets, tags and assembly lines: the grammars that link specification, ticket, glue and code.

Pure text work: any text in, values with character offsets out, malformed parts as diagnostics. Parsers
are lossless and never raise; each begins with a literal prefilter, so an ordinary file costs a search.
It reads and writes; what a finding is worth, and what exists elsewhere in the project, is decided above.
"""

from aifirst_codebase.tickets.assembly import (
    AssemblyItem,
    AssemblyLine,
    find_assembly_lines,
    write_assembly_line,
)
from aifirst_codebase.tickets.assembly_graph import (
    AssemblyEdge,
    AssemblyFunction,
    AssemblyGraph,
    AssemblyProblem,
    AssemblyStage,
    build_assembly_graph,
    build_assembly_graphs,
)
from aifirst_codebase.tickets.categories import CATEGORIES, TagCategory, TagRole
from aifirst_codebase.tickets.diagnostic import GrammarDiagnostic
from aifirst_codebase.tickets.html_tags import HtmlTag, HtmlTagScan, find_html_tags
from aifirst_codebase.tickets.markers import MARKERS, Marker, find_markers
from aifirst_codebase.tickets.modification_log import (
    LogEntry,
    LoggedEntry,
    ModificationLog,
    find_markdown_logs,
    write_markdown_entry,
)
from aifirst_codebase.tickets.references import Reference, find_references, requirement_ids_in_name
from aifirst_codebase.tickets.requirements import Requirement, Task, TestName, find_tasks
from aifirst_codebase.tickets.tags import Tag, TagScan, find_tags, scan_tags, slugify
from aifirst_codebase.tickets.ticket import MetaLine, Piece, Section, Ticket
from aifirst_codebase.tickets.ticket_edits import (
    TextEdit,
    TicketEditError,
    add_log_entry,
    add_tag,
    apply_edits,
    set_meta,
    set_modified,
    set_section,
)
from aifirst_codebase.tickets.ticket_parser import parse_ticket, parse_tickets
from aifirst_codebase.tickets.ticket_writer import (
    MetaData,
    SectionData,
    TagData,
    TicketData,
    TicketDataError,
    ticket_data,
    write_ticket,
)

__all__ = [
    "CATEGORIES",
    "MARKERS",
    "AssemblyEdge",
    "AssemblyFunction",
    "AssemblyGraph",
    "AssemblyItem",
    "AssemblyLine",
    "AssemblyProblem",
    "AssemblyStage",
    "GrammarDiagnostic",
    "HtmlTag",
    "HtmlTagScan",
    "LogEntry",
    "LoggedEntry",
    "Marker",
    "MetaData",
    "MetaLine",
    "ModificationLog",
    "Piece",
    "Reference",
    "Requirement",
    "Section",
    "SectionData",
    "Tag",
    "TagCategory",
    "TagData",
    "TagRole",
    "TagScan",
    "Task",
    "TestName",
    "TextEdit",
    "Ticket",
    "TicketData",
    "TicketDataError",
    "TicketEditError",
    "add_log_entry",
    "add_tag",
    "apply_edits",
    "build_assembly_graph",
    "build_assembly_graphs",
    "find_assembly_lines",
    "find_html_tags",
    "find_markdown_logs",
    "find_markers",
    "find_references",
    "find_tags",
    "find_tasks",
    "parse_ticket",
    "parse_tickets",
    "requirement_ids_in_name",
    "scan_tags",
    "set_meta",
    "set_modified",
    "set_section",
    "slugify",
    "ticket_data",
    "write_assembly_line",
    "write_markdown_entry",
    "write_ticket",
]
