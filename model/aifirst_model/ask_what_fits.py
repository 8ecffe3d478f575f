"""Asks a model, where one question of thousands may be longer than it has room for: that one is passed over."""

from __future__ import annotations

from aifirst_model.answer import Answer
from aifirst_model.errors import RequestRefusedError, TooLongError
from aifirst_model.request import Options, Prompt
from aifirst_model.text_model import TextModel


async def ask_what_fits(model: TextModel, prompt: Prompt, options: Options) -> Answer | None:
    """The answer; None where the question is too long. Raises every other `ModelError`."""
    try:
        return await model.generate(prompt, options)
    except TooLongError:
        return None
    except RequestRefusedError as error:
        if error.is_too_long:
            return None
        raise
