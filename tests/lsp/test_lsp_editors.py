"""The settings of the page on editors, as they stand there, in the editors themselves."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from lsp_session import Json, Session

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/editors.md").read_text()
SAID = "the comment says only 'add the tax'"
NEOVIM = """
vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end)
for _, one in ipairs(vim.diagnostic.get(0)) do io.stdout:write(one.lnum .. " " .. one.message .. "\\n") end
vim.cmd("qa!")
"""
EMACS = """
(find-file "quote/add_sales_tax.py")
(let ((eglot-sync-connect 60)) (call-interactively 'eglot))
(let ((until (+ (float-time) 60)))
  (while (and (< (float-time) until) (null (flymake-diagnostics))) (accept-process-output nil 0.1) (flymake-start)))
(dolist (one (flymake-diagnostics))
  (princ (format "%s %s\\n" (1- (line-number-at-pos (flymake-diagnostic-beg one))) (flymake-diagnostic-text one))))
(eglot-shutdown (eglot-current-server))
"""


def settings(language: str, below: str = "") -> str:
    """The first block of that language on the page, below a heading."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE[PAGE.index(below) :], re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "quote"
    shutil.copytree(ROOT / "examples/quote", root, ignore=shutil.ignore_patterns(".aifirst", "__pycache__"))
    subprocess.run(["git", "init", "-q", root], check=True)
    return root


def told(command: list[str], project: Path, home: Path) -> str:
    programs = Path(sys.executable).parent
    found = subprocess.run(
        command, cwd=project, capture_output=True, text=True, timeout=200, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(home)},
    )  # fmt: skip
    return found.stdout + found.stderr


@pytest.mark.skipif(
    shutil.which("nvim") is None, reason="no Neovim on the path: install neovim to test its settings"
)
def test_neovim_shows_findings(project: Path, tmp_path: Path) -> None:
    (tmp_path / "init.lua").write_text(settings("lua"))
    (tmp_path / "look.lua").write_text(NEOVIM)
    command = ["nvim", "--headless", "--clean", "-u", str(tmp_path / "init.lua"), "quote/add_sales_tax.py"]
    assert f"27 {SAID}" in told([*command, "-c", f"luafile {tmp_path / 'look.lua'}"], project, tmp_path)


@pytest.mark.skipif(
    shutil.which("emacs") is None, reason="no Emacs on the path: install emacs-nox and elpa-eglot"
)
def test_emacs_shows_findings(project: Path, tmp_path: Path) -> None:
    (tmp_path / "look.el").write_text(f"(require 'package)\n{settings('elisp')}{EMACS}")
    shown = told(["emacs", "--batch", "-l", str(tmp_path / "look.el")], project, tmp_path)
    assert re.search(rf"^27 .*{re.escape(SAID)}", shown, re.MULTILINE), shown


def test_the_settings_of_helix_have_only_keys_that_it_knows() -> None:
    read = tomllib.loads(settings("toml", "## Helix"))
    assert read.keys() == {"language-server", "language"}
    server = read["language-server"]["aifirst"]
    assert server.keys() <= {"command", "args", "config", "environment", "timeout", "required-root-patterns"}
    assert "aifirst" in read["language"][0]["language-servers"]


HELIX: Json = {
    "workspace": {"configuration": True, "applyEdit": True, "workspaceFolders": True},
    "textDocument": {
        "publishDiagnostics": {"versionSupport": True, "tagSupport": {"valueSet": [1, 2]}},
        "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit", "command"]}},
    },
}
ZED: Json = {
    "workspace": {"configuration": True, "didChangeWatchedFiles": {"dynamicRegistration": True}},
    "textDocument": {
        "diagnostic": {"dynamicRegistration": True},
        "publishDiagnostics": {"relatedInformation": True},
    },
}


def _helix() -> list[str]:
    server = tomllib.loads(settings("toml", "## Helix"))["language-server"]["aifirst"]
    return [server["command"], *server["args"]]


def _zed() -> list[str]:
    read = json.loads(settings("json", "## Zed"))
    [name] = read["lsp"]
    assert name in read["languages"]["Python"]["language_servers"]
    binary = read["lsp"][name]["binary"]
    assert binary.keys() <= {"path", "arguments", "env", "ignore_system_version"}
    return [Path(binary["path"]).name, *binary["arguments"]]


@pytest.mark.parametrize(
    ("command", "capabilities", "encodings"),
    [(_helix(), HELIX, ("utf-8", "utf-32", "utf-16")), (_zed(), ZED, ("utf-16",))],
    ids=["helix", "zed"],
)
def test_the_command_of_the_settings_serves_a_client_that_offers_what_these_editors_do(
    command: list[str], capabilities: Json, encodings: tuple[str, ...], project: Path
) -> None:
    command[0] = str(Path(sys.executable).parent / command[0])
    with Session(command=command) as session:
        session.answers["workspace/configuration"] = [None]
        offered = session.initialize([project], capabilities=capabilities, encodings=encodings)
        assert offered["capabilities"]["positionEncoding"] == encodings[0]
        path = project / "quote/add_sales_tax.py"
        session.open(path.as_uri(), path.read_text())
        if "diagnostic" in capabilities["textDocument"]:
            found = session.pull(path.as_uri())["items"]
        else:
            found = session.wait_for_notification("textDocument/publishDiagnostics")["diagnostics"]
        assert any(one["range"]["start"]["line"] == 27 and SAID in one["message"] for one in found)
