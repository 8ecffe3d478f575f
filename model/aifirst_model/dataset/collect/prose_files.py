"""Which files of a project are prose that no language is registered for: reStructuredText, AsciiDoc and plain text.

Nothing but the making of datasets reads them. A `.txt` may be anything, a list of packages or of words; one is prose
where its name says so (README.txt, HACKING) or where it lies in a folder of documentation.
"""

from __future__ import annotations

import re
from typing import Final

RESTRUCTURED: Final = "restructuredtext"
ASCIIDOC: Final = "asciidoc"
PLAIN: Final = "text"
PROSE: Final = (RESTRUCTURED, ASCIIDOC, PLAIN)

_BY_ENDING: Final = {".rst": RESTRUCTURED, ".rest": RESTRUCTURED, ".adoc": ASCIIDOC, ".asciidoc": ASCIIDOC}
_SPEAKING = re.compile(
    r"(?:README|CONTRIBUTING|HACKING|ARCHITECTURE|DESIGN|INSTALL(?:ING|ATION)?|USAGE|FAQ|STYLE|SECURITY|CODING[\w-]*"
    r"|GUIDE(?:LINES)?|OVERVIEW|MANUAL|TUTORIAL|NOTES|INTRODUCTION|BUILDING|DEVELOP(?:ERS?|MENT|ING))(?:[._-][\w-]+)?(?:\.txt)?\Z"
)
_FOLDER = re.compile(r"(?i)(?:^|/)(?:docs?|documentation|manuals?|guides?|handbook|rfcs?|design|adrs?)/")
_NO_PROSE = re.compile(
    r"(?i)(?:^|/)(?:tests?|testing|fixtures?|testdata|snapshots?|locales?|_static|_build|_themes?|themes?)/"
    r"|(?:^|/)(?:[\w.-]*requirements[\w.-]*|constraints[\w.-]*|CMakeLists|robots|humans|llms[\w-]*|cname|word(?:s|list)[\w-]*)\.txt\Z"
)
_GENERATED = re.compile(
    r"(?i)@generated\b|\b(?:auto(?:matically)?|machine)[- ]?generated\b|\bdo not (?:edit|modify)\b"
    r"|\b(?:this|the) (?:file|page|document|documentation) (?:is|was|has been) generated\b"
)
_HEAD: Final = 800


def prose_kind(path: str) -> str:
    """The kind of prose that a file's path tells, of `PROSE`; empty where it is none of them."""
    name = path.rpartition("/")[2]
    if _NO_PROSE.search(path):
        return ""
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if kind := _BY_ENDING.get(ending, ""):
        return kind
    is_prose = _SPEAKING.match(name) is not None or (ending == ".txt" and _FOLDER.search(path) is not None)
    return PLAIN if is_prose and ending in ("", ".txt") else ""


def may_be_prose(filename: str) -> bool:
    """Whether a file of this name is worth a look, wherever it lies."""
    return filename.endswith(".txt") or bool(prose_kind(filename))


def is_generated_prose(text: str) -> bool:
    """Whether the beginning of a document says that a program wrote it."""
    return _GENERATED.search(text[:_HEAD]) is not None
