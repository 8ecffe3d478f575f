"""The settings of the page on editors, as they stand there, in the editors themselves."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def settings(language: str) -> str:
    """The first block of that language on the page."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
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


def test_the_settings_of_helix_are_toml_that_starts_the_server() -> None:
    import tomllib

    read = tomllib.loads(settings("toml"))
    server = read["language-server"]["aifirst"]
    assert [server["command"], *server["args"]] == ["aifirst", "lsp"]
    assert "aifirst" in read["language"][0]["language-servers"]
