"""Opens the model that the settings name; a backend is imported when it is asked for, and no server is asked yet."""

from __future__ import annotations

from aifirst_model.settings import ModelSettings
from aifirst_model.text_model import TextModel


def open_model(settings: ModelSettings) -> TextModel:
    """The model, ready to be asked. Raises `SettingsError`, which says the next step."""
    if settings.backend == "scripted":
        from aifirst_model.backends.scripted import open_script

        return open_script(settings.script)
    if settings.backend == "llama-cpp":
        from aifirst_model.backends.llama_cpp import open_file

        return open_file(settings)
    if settings.backend == "transformers":
        from aifirst_model.backends.transformers_local import TransformersModel

        return TransformersModel(settings)
    from aifirst_model.backends.openai_compatible import OpenAiCompatible

    return OpenAiCompatible(settings)
