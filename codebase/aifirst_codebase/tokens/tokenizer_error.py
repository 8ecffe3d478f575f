"""The error of this folder."""


class TokenizerError(Exception):
    """A tokenizer that cannot be had; the message says the next step."""
