"""`--minify` of other languages: Go and Java with their types, JavaScript and TypeScript by oxc and esbuild.

    python benchmarks/compiler/other_languages.py CORPORA

CORPORA holds checkouts: `gin`, `gson`, `webpack`, `typeorm`, `express`, at the revisions of the results page. Tokens
are o200k_base. `licences` is what comments that state a licence, which stay in Go and Java, are of the output's tokens.
Go is read again by `gofmt -e`, Java by the parser of `javac`. The tools for scripts are found as the product does.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import SourceFile, decode_source
from aifirst_codebase.tokens import UNCOUNTED, get_counter
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompiledFile, CompileOptions
from aifirst_compiler.script_tools.tsconfig import compiler_options


class Corpus(NamedTuple):
    """Files of one project: folders below its root, and the endings of their names."""

    name: str
    folders: tuple[str, ...]
    ending: str
    without: str = "\0"


CORPORA = (
    Corpus("gin", (".",), ".go", "_test.go"),
    Corpus("gson", ("gson/src/main",), ".java"),
    Corpus("webpack", ("lib",), ".js"),
    Corpus("typeorm", ("src", "packages"), ".ts", ".d.ts"),
    Corpus("express", ("lib",), ".js"),
)
PARSE_JAVA = """
import com.sun.source.util.JavacTask; import java.nio.file.*; import java.util.*; import javax.tools.*;
public class ParseJava { public static void main(String[] folders) throws Exception {
  var compiler = ToolProvider.getSystemJavaCompiler(); var found = new DiagnosticCollector<JavaFileObject>();
  var manager = compiler.getStandardFileManager(null, null, null); var files = new ArrayList<Path>();
  try (var all = Files.walk(Path.of(folders[0]))) { all.filter(p -> p.toString().endsWith(".java")).forEach(files::add); }
  var task = (JavacTask) compiler.getTask(null, manager, found, null, null, manager.getJavaFileObjectsFromPaths(files));
  for (var unit : task.parse()) {}
  System.out.println(found.getDiagnostics().stream().filter(d -> d.getKind() == Diagnostic.Kind.ERROR).count());
} }
"""


def main() -> None:
    """Print a row a corpus and setting."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    folder: Path = parser.parse_args().corpora
    print(
        "| corpus | setting | files | tokens | fewer | bytes fewer | licences | kept as they were | MB/s | read again |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for corpus in CORPORA:
        root = folder / corpus.name
        if root.is_dir():
            sources = sources_of(root, corpus)
            settings = {"clean": CompileOptions(), "minify": CompileOptions(minify="tokens")}
            if corpus.ending in {".go", ".java"}:
                settings["minify, --drop-licences"] = CompileOptions(minify="tokens", drop_licences=True)
            for name, options in settings.items():
                row(corpus, name, root, sources, options)


def sources_of(root: Path, corpus: Corpus) -> list[SourceFile]:
    """The corpus's files, by path."""
    paths = sorted(path for inside in corpus.folders for path in (root / inside).rglob(f"*{corpus.ending}"))
    chosen = [
        path for path in paths if not path.name.endswith(corpus.without) and "node_modules" not in path.parts
    ]
    return [decode_source(path.relative_to(root).as_posix(), path.read_bytes()) for path in chosen]


def row(
    corpus: Corpus, name: str, root: Path, sources: Sequence[SourceFile], options: CompileOptions
) -> None:
    """Compile the files and print what came of them."""
    count = get_counter().count
    settings = [compiler_options((root / one.path).parent, root) for one in sources]
    started = time.perf_counter()
    made = [compile_source(one, options, script_settings=s) for one, s in zip(sources, settings, strict=True)]
    seconds = time.perf_counter() - started
    before, after = sum(count(one.text) for one in sources), sum(count(one.data.decode()) for one in made)
    size, left = sum(len(one.data) for one in sources), sum(len(one.data) for one in made)
    kept = sum(bool(one.copied) or any("kept" in w.message for w in one.warnings) for one in made)
    licences = sum(licence_tokens(one) for one in made) if corpus.ending in {".go", ".java"} else 0
    print(
        f"| {corpus.name} | {name} | {len(made)} | {after:,} | {before / after:.3f}x | {size / left:.2f}x"
        f" | {licences / after:.1%} | {kept} | {size / 1e6 / seconds:.2f} | {read_again(corpus, made)} |",
        flush=True,
    )


def licence_tokens(made: CompiledFile) -> int:
    """The tokens of the comments that state a licence."""
    language = language_of(made.path, made.data)
    if language is None:
        return 0
    reading = read(decode_source(made.path, made.data), language, UNCOUNTED)
    texts = (made.data[c.start : c.end].decode() for c in reading.comments if c.kept == "licence")
    return sum(map(get_counter().count, texts))


def read_again(corpus: Corpus, made: Sequence[CompiledFile]) -> str:
    """How many files the language's own tool refuses."""
    with tempfile.TemporaryDirectory() as scratch:
        for one in made:
            path = Path(scratch) / "out" / one.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(one.data)
        if corpus.ending == ".go":
            done = subprocess.run(["gofmt", "-e", "-l", scratch], capture_output=True, text=True)
            return f"gofmt: {len(done.stderr.splitlines())} errors"
        if corpus.ending == ".java":
            program = Path(scratch) / "ParseJava.java"
            program.write_text(PARSE_JAVA, encoding="utf-8")
            done = subprocess.run(
                ["java", program, f"{scratch}/out"], capture_output=True, text=True, check=True
            )
            return f"javac: {done.stdout.strip()} errors"
    return "by the tool and its grammar"


if __name__ == "__main__":
    main()
