"""JavaScript and TypeScript made small by the tools that do it best, oxc and esbuild, under Node.

The tools are the user's own or are installed on demand; nothing is ever loaded from the workspace.
"""

from aifirst_compiler.script_tools.find_tools import find_tools
from aifirst_compiler.script_tools.minify_script import MinifiedScript, ScriptOptions, minify_script

__all__ = ["MinifiedScript", "ScriptOptions", "find_tools", "minify_script"]
