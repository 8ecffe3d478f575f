"""The makers of samples by the name they are asked for, and what each adds where both ways are wanted."""

from __future__ import annotations

from typing import Final

from aifirst_model.dataset.pairs.docstring_to_body import make_bodies, make_documentation
from aifirst_model.dataset.pairs.document_sections import make_sections
from aifirst_model.dataset.pairs.fill_gaps import make_gaps
from aifirst_model.dataset.pairs.material import Maker
from aifirst_model.dataset.pairs.ticket_to_code import make_code_ticket, make_ticket_code
from aifirst_model.dataset.pairs.whole_units import make_files, make_units

MAKERS: Final[dict[str, tuple[Maker, ...]]] = {
    "code": (make_units,),
    "file": (make_files,),
    "fill": (make_gaps,),
    "docstring-to-body": (make_bodies,),
    "ticket-to-code": (make_ticket_code,),
    "documents": (make_sections,),
}
"""Makers of one document; `documents` gives principles, patterns and project questions."""

REVERSED: Final[dict[str, Maker]] = {
    "docstring-to-body": make_documentation,
    "ticket-to-code": make_code_ticket,
}
"""What is made too where pairs are wanted both ways."""

OF_PROJECT: Final = ("project-question", "diff-to-message")
"""Made of a project as a whole: its definitions, its history."""

TASK_NAMES: Final = (*MAKERS, *OF_PROJECT)
DEFAULT_TASKS: Final = tuple(name for name in TASK_NAMES if name != "file")
