"""AF301: a tag is not written as tags are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem, as_sentence
from aifirst_validator.rule import Example, FileRule


class TagGrammar(FileRule):
    """A tag links specification, ticket, glue and code because it is spelt the same everywhere and can be
    found with one search: `@TAG:CATEGORY:value`, the category in capitals, the value a slug. Reported are
    categories in small letters or missing, empty values, punctuation stuck to a value, dates that are none,
    near misses of a known category, and the short form without a category.

    Tags are read in comments and documents; code examples in documents are left alone. Categories listed in
    `tickets.tag_categories` are known too.
    """

    code: ClassVar[str] = "AF301"
    name: ClassVar[str] = "tag-grammar"
    summary: ClassVar[str] = "A tag is not written as tags are."
    kinds = ("code", "style", "markup", "prose")
    valid = (Example("# @TAG:FEATURE:hybrid-search\n# @TAG:MODIFIED:2026-03-01\nLIMIT = 5\n"),)
    invalid = (
        Example("# @TAG:feature:hybrid-search\nLIMIT = 5\n", lines=(1,), title="small letters"),
        Example("# @TAG:FEATURE:\nLIMIT = 5\n", lines=(1,), title="no value"),
        Example("# @TAG:MODIFIED:2026-02-30\nLIMIT = 5\n", lines=(1,), title="no such day"),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem for each malformed tag."""
        if not file.mentions_tags:
            return
        known = file.settings.tickets.tag_categories
        for one in file.tag_scan.diagnostics:
            start, end = file.to_bytes(one.start, one.end)
            category = file.data[start:end].decode("utf-8", "replace").split(":")[1:2]
            if one.code == "tag-category-unknown" and category and category[0] in known:
                continue
            yield Problem(start, end, one.message, as_sentence(one.suggestion))
