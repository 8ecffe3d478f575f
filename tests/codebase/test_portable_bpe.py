"""Tokens counted without the compiled module: the same numbers for every text."""

from __future__ import annotations

import random
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from aifirst_codebase.tokens.derive_vocabulary import derive_vocabulary
from aifirst_codebase.tokens.merge_bytes import merge_bytes
from aifirst_codebase.tokens.openai_bpe import NativeBytePairs, load_native
from aifirst_codebase.tokens.portable_bpe import PortableBytePairs
from aifirst_codebase.tokens.vocabulary import read_vocabulary, write_vocabulary
from hypothesis import given, settings
from hypothesis import strategies as st

ENCODINGS = ("o200k_base", "cl100k_base")
PARTS = """
a B é ß 中文 日本 1 ² ½ Ⅷ / // ' 's 'S 'ſ 'LL 're 'vE don't I'VE _ - == ( ); 😀 👩‍👩‍👧 ǅ ª ʰ İ क्षि 한글 Ω ﬀ ﷺ
<|endoftext|> <|endofprompt|> <|fim_prefix|> <|im_start|> # @TAG: def
""".split()  # noqa: SIM905  # so many quotes would hide what is in them
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\r", "\u2028", "\x85", "\xa0", "\x1c", "\x0b", "\x0c", "\u3000"]
MARKS = ["\u0301", "\u200d", "\ufeff", "\x00", "\U0001e900", "\U0001d400", "\ufffd", "\U0010fffd", "\ue000"]


@pytest.fixture(scope="module", params=ENCODINGS)
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[PortableBytePairs, NativeBytePairs]:
    """One encoding in both ways, the portable one by way of its file."""
    name = str(request.param)
    file = tmp_path_factory.mktemp("vocabulary") / name
    write_vocabulary(derive_vocabulary(name), file)
    return PortableBytePairs(name, read_vocabulary(file)), load_native(name)


def test_every_fifth_file_of_the_standard_library_has_the_same_count(
    both: tuple[PortableBytePairs, NativeBytePairs],
) -> None:
    portable, native = both
    counted = 0
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*/*.py"))[::5]:
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        assert portable.count(text) == native.count(text), path
        counted += len(text)
    assert counted > 1_500_000


def test_random_texts_of_every_script_are_split_into_the_same_tokens(
    both: tuple[PortableBytePairs, NativeBytePairs],
) -> None:
    portable, native = both
    draw = random.Random(20261121)  # noqa: S311  # no secret
    for _ in range(6_000):
        text = "".join(
            draw.choice(draw.choice((PARTS, SPACES, MARKS)))
            if draw.random() < 0.8
            else chr(
                draw.choice(
                    (draw.randrange(0x250), draw.randrange(0xD800), 0x10000 + draw.randrange(0x20000))
                )
            )
            for _ in range(draw.randrange(1, 30))
        )
        assert portable.encode(text) == native.encode(text), text
        assert portable.count(text) == native.count(text), text
        assert portable.decode(portable.encode(text)) == text


@settings(derandomize=True, max_examples=300, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_at_all_has_the_same_count(
    both: tuple[PortableBytePairs, NativeBytePairs], text: str
) -> None:
    portable, native = both
    assert portable.count(text) == native.count(text)


@pytest.mark.parametrize(
    "unit", ["a", "ab", "Zx", "=", "-=", " ", "\n", "中", "日本語", "é", "0", "\u0301", "😀"]
)
def test_a_run_without_an_end_has_the_same_count_and_does_not_take_long(
    both: tuple[PortableBytePairs, NativeBytePairs], unit: str
) -> None:
    portable, native = both
    for times in (290, 301, 20_000):
        assert portable.count(unit * times) == native.count(unit * times)


def test_long_and_short_pieces_are_merged_alike(both: tuple[PortableBytePairs, NativeBytePairs]) -> None:
    portable, native = both
    draw = random.Random(7)  # noqa: S311  # no secret
    for _ in range(60):
        text = "".join(draw.choices("abcdefgestrion", k=draw.randrange(280, 700)))
        assert portable.encode(text) == native.encode(text)


def test_half_of_a_surrogate_pair_is_refused_by_both(both: tuple[PortableBytePairs, NativeBytePairs]) -> None:
    for way in both:
        with pytest.raises(UnicodeEncodeError):
            way.count("x = '\ud800'")


def test_bytes_without_a_common_token_stay_alone() -> None:
    assert merge_bytes("abc", {"a": 0, "b": 1, "c": 2}) == ["a", "b", "c"]
    assert merge_bytes("abcab", {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4, "bc": 5}) == ["abc", "ab"]


WITHOUT = """
import sys
from pathlib import Path
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "bpe_openai":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Gone())
from aifirst_codebase.tokens import TokenizerError, get_counter, vocabulary
if len(sys.argv) > 1:
    vocabulary.vocabulary_file = lambda encoding: Path(sys.argv[1])
try:
    print(get_counter().count("def count(): ..."))
except TokenizerError as error:
    print(error)
"""


def run_without(*arguments: str) -> str:
    code = [sys.executable, "-c", WITHOUT, *arguments]
    return subprocess.run(code, check=True, capture_output=True, text=True).stdout.strip()


def test_it_serves_where_the_compiled_module_is_missing_and_says_what_to_install_where_both_are(
    tmp_path: Path,
) -> None:
    file = tmp_path / "o200k_base"
    write_vocabulary(derive_vocabulary("o200k_base"), file)
    assert run_without(str(file)) == str(load_native("o200k_base").count("def count(): ..."))
    assert run_without() == "counting tokens needs the package bpe-openai: pip install bpe-openai"


def test_where_the_compiled_module_is_nothing_of_this_is_imported() -> None:
    code = (
        "import sys; from aifirst_codebase.tokens import get_counter; get_counter().count('a');"
        "print([name for name in sys.modules if 'portable' in name or 'vocabulary' in name])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        ).stdout.strip()
        == "[]"
    )
