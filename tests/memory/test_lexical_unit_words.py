"""Words by unit: every identifier of a file counts once, for the unit and the field that it stands in."""

from __future__ import annotations

from collections import Counter

from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_memory.lexical.file_words import file_words
from aifirst_memory.lexical.unit_words import UnitWords, unit_words
from aifirst_memory.lexical.words import count_words

SOURCE = '''"""Money of the shop."""
import decimal

RATE = 3  # conversion rate

class Invoice:
    """A bill."""

    total: decimal.Decimal

    # Rounding follows the ledger.
    def addTax(self, percent):
        """Adds the levy."""
        return self.total * percent  # percent, not share

    def settle(self):
        return "paid"
'''


def _read(path: str, text: str) -> Reading:
    language = language_named("python")
    assert language is not None
    return read(decode_source(path, text.encode()), language, get_counter("o200k_base"))


def _by_name() -> dict[str, UnitWords]:
    reading = _read("shop/billing/invoice_model.py", SOURCE)
    return {unit.name: found for unit, found in zip(reading.units, unit_words(reading), strict=True)}


def test_words_of_code_and_of_glue_stand_apart() -> None:
    add_tax = _by_name()["Invoice.addTax"]
    assert add_tax.code["percent"] == 2
    assert add_tax.glue["percent"] == 1
    assert {"ledger", "levi", "round"} <= add_tax.glue.keys()
    assert not {"ledger", "levi"} & add_tax.code.keys()


def test_the_name_gives_its_parts_and_the_module_those_of_its_path() -> None:
    by_name = _by_name()
    assert list(by_name["Invoice.addTax"].name) == ["invoic", "add", "tax", "addtax"]
    assert list(by_name[""].name) == ["shop", "bill", "invoic", "model", "invoicemodel"]


def test_a_word_belongs_to_one_unit_only() -> None:
    by_name = _by_name()
    assert "paid" in by_name["Invoice.settle"].code
    assert not any("paid" in words.code for name, words in by_name.items() if name != "Invoice.settle")


def test_all_units_together_say_what_the_file_says() -> None:
    total: Counter[str] = Counter()
    for found in unit_words(_read("a.py", SOURCE)):
        total.update(found.code)
        total.update(found.glue)
    assert total == count_words(SOURCE)


def test_an_empty_and_a_broken_file_have_words_too() -> None:
    assert unit_words(_read("a/empty.py", ""))[0] == UnitWords({}, {}, {"empti": 1})
    broken = unit_words(_read("a.py", "def broken(:\n  lost ="))
    assert "lost" in set().union(*(found.code for found in broken))


def test_the_columns_of_a_file_say_what_its_units_say() -> None:
    units = unit_words(_read("pkg/a.py", SOURCE))
    columns = file_words(units)
    words, entries, counts = list(columns.vocabulary), iter(columns.entries), iter(columns.counts)
    said = [{words[next(entries)]: next(counts) for _ in range(size)} for size in columns.sizes]
    assert said == [*(u.code for u in units), *(u.glue for u in units), {}, *(u.name for u in units[1:])]
    assert columns.path == units[0].name == {"pkg": 1}
    assert list(columns.lengths) == [sum(of_field.values()) for of_field in said]
    assert next(entries, None) is next(counts, None) is None


def test_a_word_counts_at_most_255_times() -> None:
    columns = file_words([UnitWords({"again": 300, "once": 1}, {}, {})])
    assert columns.counts == bytes([255, 1])
    assert list(columns.lengths) == [301, 0, 0]
