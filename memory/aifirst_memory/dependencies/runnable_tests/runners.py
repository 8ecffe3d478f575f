"""Who takes the ids of tests to run; apart from what finds them, for who only names them."""

from typing import Final

RUNNERS: Final = ("pytest", "go", "junit", "files")
"""`files` are for runners that take no less than a file, like JavaScript's."""
