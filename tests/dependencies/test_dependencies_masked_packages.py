"""No secret that stands in an import gets into the graph."""

from __future__ import annotations

from aifirst_memory.dependencies.project import resolve_project

KEY = "ghp_" + "a1B2" * 9


def test_a_key_in_an_import_is_masked() -> None:
    files = {
        "a.ts": f'import s from "{KEY}";\nimport r from "react";\n'.encode(),
        "b.go": b'package b\n\nimport "user:hunter2@host.com/x"\n\nfunc F() { x.G() }\n',
    }
    told = str(resolve_project(files))
    assert KEY not in told
    assert "hunter2" not in told
    assert "package:react" in told
    assert "package:***@host.com/x" in told
