"""What the librarian keeps open: the memory and the dependency graph of each project it was asked about.

Both are loaded when first asked for and follow the database by themselves. Reading writes nothing; only the update after
a save does (`questions/update_index`).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aifirst_lsp_server.workers.desk import Desk, ExpectedError

if TYPE_CHECKING:
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
    from aifirst_memory.memory import Memory

NOT_INDEXED = "the project is not indexed"
INDEX_IT = "Run the command “aifirst: Index This Project”, or `aifirst index` in a terminal."


def memory_of(desk: Desk, root: str) -> Memory:
    """The memory of the project at `root`; raises `ExpectedError` where there is none or it cannot be read."""
    from aifirst_memory.memory import Memory

    with told_errors():
        return desk.keep(f"memory {root}", lambda: Memory.open(Path(root)))


def graph_of(desk: Desk, root: str) -> SqliteGraph:
    """The dependency graph of the project at `root`; raises as `memory_of` does."""
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph

    with told_errors():
        return desk.keep(f"graph {root}", lambda: SqliteGraph(Path(root)))


def let_go(desk: Desk, root: str) -> None:
    """Close what is kept of a project: it was made anew, or could not be read."""
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
    from aifirst_memory.memory import Memory

    for kept in (desk.forget(f"memory {root}"), desk.forget(f"graph {root}")):
        if isinstance(kept, Memory | SqliteGraph):
            kept.close()


@contextmanager
def told_errors() -> Generator[None]:
    """Turn what a person can mend about index, graph and settings into `ExpectedError`; wrap whatever asks them."""
    from aifirst_codebase.config import ConfigError
    from aifirst_codebase.tokens import TokenizerError
    from aifirst_memory.dependencies.store import NoGraphError
    from aifirst_memory.embedding.embedder import EmbedderError
    from aifirst_memory.store import NoIndexError, StoreError

    try:
        yield
    except (NoIndexError, NoGraphError) as error:
        raise ExpectedError(NOT_INDEXED, INDEX_IT) from error
    except (StoreError, ConfigError, TokenizerError, EmbedderError) as error:
        raise ExpectedError(str(error), INDEX_IT) from error
