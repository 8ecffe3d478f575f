"""The languages aifirst reads, each a folder of data."""

from aifirst_codebase.languages.language import Language, LanguageData
from aifirst_codebase.languages.registry import (
    all_languages,
    language_named,
    language_of,
    language_of_name,
    may_be_source,
)

__all__ = [
    "Language",
    "LanguageData",
    "all_languages",
    "language_named",
    "language_of",
    "language_of_name",
    "may_be_source",
]
