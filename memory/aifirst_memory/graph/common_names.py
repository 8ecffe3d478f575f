"""Names that say nothing: those of Python's own functions, and method names so common that one of them
in the project does not tell which is meant.

They are those of the built-in types of the languages and of their most used libraries.
"""

from __future__ import annotations

_NAMES = """
add all any append apply assert_ begin bind call catch check clear clone close commit compare concat
connect contains copy count create data debug decode delete dump dumps each emit empty encode end
endswith enter entries equals error every execute exists exit expect extend fail fetch fetchall
fetchone filter finally find first flat flush forEach for_each foreach format from get getattr
getitem group has hash head id includes index indexOf info init insert int invoke isEmpty is_empty
isalnum isalpha isdigit items iter iterator join key keys last len length load loads lock log lower
lstrip main map match max merge message min name new next of on once open options parse pop post
print push put raise_ read readline readlines reduce release remove render repeat replace reset
resolve reverse rollback rstrip run save search seek send set setdefault setup shift size sleep
slice some sort sorted splice split start startswith status stop str strip sub submit sum swap tell
test then throw title toString to_s to_string tostring trim truncate type union unlock unwrap update
upper use validate value valueOf values wait warn warning with write writelines
"""
COMMON_NAMES = frozenset(_NAMES.split())

_BUILT_IN = """
ArithmeticError AssertionError AttributeError BaseException Exception FileNotFoundError IOError ImportError IndexError
KeyError LookupError NotImplementedError OSError OverflowError PermissionError RuntimeError StopIteration SyntaxError
TypeError UnicodeDecodeError ValueError ZeroDivisionError abs all any bool bytearray bytes callable chr classmethod
delattr dict dir divmod enumerate filter float format frozenset getattr globals hasattr hash hex id input int isinstance
issubclass iter len list locals map max memoryview min next object open ord pow print property range repr reversed
round set setattr slice sorted staticmethod str sum super tuple type vars zip
"""
BUILT_IN = frozenset(_BUILT_IN.split())
"""Names that mean Python's own where a Python file gives them no other meaning."""
