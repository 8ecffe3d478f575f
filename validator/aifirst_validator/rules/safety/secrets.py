"""AF601: a secret stands in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.secrets.find import find_named_values, find_provider_keys, has_long_text

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_EXAMPLE_FOLDERS = re.compile(
    r"(?:^|/)(?:tests?|testing|spec|specs|__tests__|docs?|examples?|fixtures|samples?)(?:/|$)|(?:^|/)(?:test_|conftest)|_test\.|\.(?:test|spec)\."
)


class Secrets(FileRule):
    """A secret in the source reaches every clone, every index and every prompt made from it, and stays in the
    history when the line is gone. Keys of known providers and private keys are found by their format
    anywhere; a value given to a name such as `password` or `api_key` is reported when it looks random and
    stands outside tests and documentation. The message never repeats the secret.
    """

    code: ClassVar[str] = "AF601"
    name: ClassVar[str] = "secrets"
    summary: ClassVar[str] = "A secret stands in the source."
    severity = "error"
    kinds = ("code", "style", "markup", "prose", "data")
    valid = (
        Example('import os\n\nTOKEN = os.environ["SERVICE_TOKEN"]\n'),
        Example('password = "correct horse battery staple"\n', title="words, not a random value"),
        Example('api_key = "your-api-key-goes-here-please"\n', title="a placeholder"),
        Example('token = "support.function.C99.stdlib"\n', title="words with dots"),
    )
    invalid = (
        Example('API_KEY = "q7Rz2LmX9vTb' + '4KpW8sYc1NdF"\n', lines=(1,), title="a random value in a key"),
        Example("aws = connect('AKIA" + "Q3XJ7ZL2MNB5TRWE')\n", lines=(1,), title="the format of a provider"),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem for each secret, without its text."""
        data = file.data
        quoted = has_long_text(data)
        for secret in find_provider_keys(data, quoted=quoted or file.reading.language.kind != "code"):
            yield _problem(secret.start, secret.end, secret.what)
        if quoted and not _EXAMPLE_FOLDERS.search(file.path):
            for secret in find_named_values(data):
                yield _problem(secret.start, secret.end, secret.what)


def _problem(start: int, end: int, what: str) -> Problem:
    return Problem(
        start, end, f"this looks like {what}",
        "Take it back at its provider, then read it from the environment or a secret store.", anchor=what,
    )  # fmt: skip
