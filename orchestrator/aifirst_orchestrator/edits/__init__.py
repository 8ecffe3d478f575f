"""Edits as models write them, found in the text they are for, applied whole or refused with the reason."""
