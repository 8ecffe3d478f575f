"""What in a file compiling may disturb: code that reads source text, or that runs text as code."""

from aifirst_compiler.cautions.find import find_cautions

__all__ = ["find_cautions"]
