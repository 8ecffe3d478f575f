"""Which docstrings and annotations of Python are read when the program runs, decided object by object."""

from aifirst_compiler.run_time_docs.annotations import AnnotationReads, annotations_read
from aifirst_compiler.run_time_docs.kept import kept_documentation
from aifirst_compiler.run_time_docs.scan import uses_of
from aifirst_compiler.run_time_docs.single_file import uses_of_reading
from aifirst_compiler.run_time_docs.uses import RunTimeUses

__all__ = [
    "AnnotationReads",
    "RunTimeUses",
    "annotations_read",
    "kept_documentation",
    "uses_of",
    "uses_of_reading",
]
