"""A failure that a person can mend."""

from __future__ import annotations

import click


class Failure(click.ClickException):
    """Told in one line that says the next step; exit code 2."""

    exit_code = 2
