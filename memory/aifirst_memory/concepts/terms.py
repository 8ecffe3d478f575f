"""How a name or a phrase becomes a concept: its words in lower case, the last one in the singular.

Left out: names that say nothing of a domain (`BaseManager2` is `manager`), and what looks like a key.
"""

from __future__ import annotations

import re
from functools import lru_cache

from aifirst_memory.lexical.random_text import looks_random

LONGEST = 6
"""Words over which a phrase is a sentence, not a term."""
_LONGEST_WORD = 30
_LONG = 16
"""Characters from which a name is looked at for being random."""
_JOINT = re.compile(r"[^A-Za-z0-9]+")
_NAME_WORD = re.compile(r"[A-Z]{2,}s(?![^\W\d_])|[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+|[0-9]+|\n")
"""A word of an identifier, or the end of a line."""
_ASCII_WORD = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|\n")
_SAME_PLURAL = """
access address alias always analysis atlas axis basis bias bus canvas class focus gas has is kubernetes lens news
pandas previous process redis series species status synopsis this
"""
_KEPT_SINGULAR = frozenset(_SAME_PLURAL.split())

_GENERIC = """
abstract app apps asset assets base bin build class cls common config core data default dist doc docs error
errors example examples exception exceptions fixture fixtures function helper helpers impl include index init
int interface internal item lib library list main misc mixin model models module mock new node object object
other package packages page private public resource resources result root script scripts src static string stub
stubs sub temp template templates test tests testing text thing tmp tool tools type types util utils utilities
value values vendor
"""
GENERIC = frozenset(_GENERIC.split())
"""Words that say nothing of a domain when they stand alone."""

_VERBS = """
a about add added after all allow allows also an and any apply are as assert assign at be been before between
both build but by call called calls can cannot change changed check clean clear close compute contains convert
could create created current default define defined delete deleted disable do does done each either enable
ensure error every exist existing expect fail find first fix for format from func function generate get gets give
given handle has have here how if in init initial into invalid is it its just keep last like list load look made
make many match may maybe method module more most move multiple must need new next no non none not now number of
off old on once one only open or other our out over own parse pass passed per post prepare print process provide
put raise raised raises read remove render replace reset resolve return returned returns run same save second see
self send set sets setup several should show simple single skip so some sort start stop store string such take
test tested tests than that the their them then there these they this those three through time to too true two
under unit until up update updated us use used uses using valid value values verify very via wants was we were
what when where whether which while who why will with without work works would write wrong you your false null
override default instance instances class object objects type types argument arguments arg args kwargs param
params parameter parameters result results name names data item items
"""
VERBS = frozenset(_VERBS.split())
"""Words that no two-word term of names or prose begins or ends with."""

_HEADINGS = """
about acknowledgement acknowledgements added api author authors background basic basics bug bugs changed changelog
changes conclusion configuration contact contents contributing contributors credits definition definitions
deprecated description details development example examples faq feature features fixed getting glossary goals
history how installation installing introduction licence license limitations links note notes options overview
purpose quickstart readme reference references release releases removed requirements roadmap see setup status
structure summary support table terms testing tests thanks todo tutorial unreleased usage version warning what
why
"""
HEADINGS = frozenset(_HEADINGS.split())
"""Headings that every document has; a heading that begins with one names no concept."""


def find_words(names: str) -> list[str]:
    """The words of identifiers as they are written; a newline between two names stays one of them."""
    return (_ASCII_WORD if names.isascii() else _NAME_WORD).findall(names)


@lru_cache(16_384)
def split_name(name: str) -> tuple[str, ...]:
    """The words of an identifier or phrase in lower case; empty where a part looks random or is overlong."""
    plain = name.replace("_", "")
    if plain.isalpha() and plain.islower() and plain.isascii():
        found = [word for word in name.split("_") if word]
    else:
        found = [word.lower() for word in find_words(name) if word != "\n"]
    if len(name) >= _LONG and (
        max(map(len, found), default=0) > _LONGEST_WORD or any(map(looks_random, _JOINT.split(name)))
    ):
        return ()
    return tuple(found)


@lru_cache(16_384)
def as_concept(name: str) -> str:
    """The concept that an identifier or phrase names, empty where it names none."""
    parts = [word for word in split_name(name) if not word.isdecimal()]
    return join_concept(tuple(parts))


def join_concept(parts: tuple[str, ...]) -> str:
    """The concept of these words; empty for none, too many, and a lone word that is generic or a letter or two."""
    if not parts or len(parts) > LONGEST:
        return ""
    last = singular(parts[-1])
    if len(parts) == 1:
        return "" if last in GENERIC or parts[0] in GENERIC or (len(last) < 3 and last.isascii()) else last
    if all(word in GENERIC for word in parts):
        return ""
    return " ".join((*parts[:-1], last))


@lru_cache(16_384)
def singular(word: str) -> str:
    """The singular of an English noun, as far as its ending tells."""
    if len(word) < 4 or word[-1] != "s" or word in _KEPT_SINGULAR or word[-2:] in {"ss", "us", "is"}:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


@lru_cache(16_384)
def normal_word(word: str) -> str:
    """A word as it stands in a concept, wherever it does: `Fields` is `field`."""
    return singular(word.lower())
