"""The languages that generation writes, by name and by the ending of a path."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from aifirst_codebase.languages.registry import language_of_name

from aifirst_orchestrator.generate.languages.generated_language import GeneratedLanguage
from aifirst_orchestrator.generate.test_run import NoTestRunnerError


class NotGeneratedError(NoTestRunnerError):
    """A language that generation does not write, and so tests nowhere; the text says which it does."""


@cache
def generated_languages() -> dict[str, GeneratedLanguage]:
    """The languages by the names that the registry of languages gives them."""
    from aifirst_orchestrator.generate.golang.go_language import GoLanguage
    from aifirst_orchestrator.generate.languages.python_language import PythonLanguage
    from aifirst_orchestrator.generate.script.script_language import JAVASCRIPT, TYPESCRIPT

    languages: tuple[GeneratedLanguage, ...] = (PythonLanguage(), TYPESCRIPT, JAVASCRIPT, GoLanguage())
    return {one.name: one for one in languages}


def generated_language(name: str) -> GeneratedLanguage:
    """The language of that name. Raises `NotGeneratedError`."""
    languages = generated_languages()
    if name not in languages:
        titles = ", ".join(one.title for one in languages.values())
        raise NotGeneratedError(f"{name} is not generated; {titles} are. Write the units in one of these.")
    return languages[name]


def require_languages(names: Iterable[str]) -> None:
    """Raise `NotGeneratedError` for a language that is not written, `NoTestRunnerError` for one not tested here."""
    for name in sorted(set(names)):
        generated_language(name).require_tools()


def language_of_path(path: str) -> GeneratedLanguage:
    """The language of a file by its ending. Raises `NotGeneratedError`."""
    found = language_of_name(path.rpartition("/")[2])
    return generated_language(found.data.name if found is not None else path)
