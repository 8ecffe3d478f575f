"""Reads code: files, languages, syntax, units, glue, tokens, tickets, configuration.

The ground floor. Everything above imports it; it imports nothing of aifirst. It reads a file once per
content hash and judges nothing: what is too long or too thin is the validator's to say.
"""

__version__ = "0.1.0"
