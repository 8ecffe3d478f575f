"""Files as one AICCL document at the resolution `exact`: all logic, in as few tokens as real text allows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aifirst_codebase.tokens import get_counter

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.exact.dictionary import write_with_dictionary
from aifirst_compiler.aiccl.exact.options import AicclDocument, ExactOptions
from aifirst_compiler.aiccl.exact.smallest import smallest_text
from aifirst_compiler.aiccl.exact.symbols import symbols_of
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.notation.document import Code, Entry, Map
from aifirst_compiler.aiccl.notation.write import write_part
from aifirst_compiler.errors import CompilerBugError

_DEFAULT = ExactOptions()
_UNSAFE = re.compile("[\r\0\ud800-\udfff]")
"""Characters that a document may lose on its way: line ends are rewritten, and surrogates are no text."""


def write(files: Sequence[tuple[str, str]], options: ExactOptions = _DEFAULT) -> AicclDocument:
    """The files as one document with one map. Paths have slashes and are different from one another.

    `expand(document.text)` gives back the files: as they are with `glue="keep"`, else each as its smallest text, whose
    syntax tree is that of the file without its glue. It is expanded and compared before it is returned. No entry
    costs more than it saves; where no map pays there is none.
    """
    _check_paths(files)
    texts = [text if options.glue == "keep" else smallest_text(path, text) for path, text in files]
    document = _write_texts(files, texts, options)
    expanded = expand(document.text)
    for (path, _), text, back in zip(files, texts, expanded, strict=True):
        if back != (path, text):
            raise CompilerBugError(path, "its AICCL text does not expand to it")
    return document


def _check_paths(files: Sequence[tuple[str, str]]) -> None:
    seen: set[str] = set()
    for path, _ in files:
        if not path or path in seen:
            raise AicclError(
                f"{path!r} is no path, or that of two files", "give every file a path of its own"
            )
        seen.add(path)


def _write_texts(
    files: Sequence[tuple[str, str]], texts: Sequence[str], options: ExactOptions
) -> AicclDocument:
    count = get_counter(options.tokenizer).count
    safe, crlf, literals = _make_safe(texts, options)
    paths = [path for path, _ in files]
    written = write_with_dictionary(safe, options, [entry.symbol for entry in literals])
    entries = [*literals, *written.entries]
    head = write_part(Map(tuple(entries), exact=True)) if entries else ""
    plain_head = write_part(Map(tuple(literals), exact=True)) if literals else ""
    body = _blocks(paths, written.texts, crlf)
    plain = _blocks(paths, safe, crlf)
    plain_tokens = count(plain_head + plain)
    if count(head + body) >= plain_tokens:
        head, body, entries = plain_head, plain, literals
    map_tokens = count(head)
    return AicclDocument(
        text=head + body,
        map_tokens=map_tokens,
        code_tokens=count(head + body) - map_tokens,
        plain_tokens=plain_tokens,
        source_tokens=sum(count(_UNSAFE.sub("\n", text)) for _, text in files),
        files=len(files),
        entries=len(entries),
    )


def _blocks(paths: Sequence[str], texts: Sequence[str], crlf: Sequence[bool]) -> str:
    blocks = zip(paths, texts, crlf, strict=True)
    return "".join(write_part(Code(text, path, crlf=returns)) for path, text, returns in blocks)


def _make_safe(texts: Sequence[str], options: ExactOptions) -> tuple[list[str], list[bool], list[Entry]]:
    """The texts without characters that do not travel: whether each has CR LF at every line's end, and symbols else."""
    crlf = [_all_crlf(text) for text in texts]
    safe = [
        text.replace("\r\n", "\n") if returns else text for text, returns in zip(texts, crlf, strict=True)
    ]
    unsafe = sorted({sign for text in safe for sign in _UNSAFE.findall(text)})
    if not unsafe:
        return safe, crlf, []
    used = set[str]().union(*safe)
    free = [sign for sign in "".join(symbols_of(options.tokenizer)) if sign not in used]
    if len(free) < len(unsafe):
        raise AicclError(
            "the files use every character that could stand for another", "write fewer files at once"
        )
    symbols = dict(zip(unsafe, free, strict=False))
    literals = [Entry(symbol, sign, True) for sign, symbol in symbols.items()]
    return [_UNSAFE.sub(lambda found: symbols[found[0]], text) for text in safe], crlf, literals


def _all_crlf(text: str) -> bool:
    returns = text.count("\r")
    return returns > 0 and returns == text.count("\r\n") == text.count("\n")
