"""Judges code: rules, edit rules, token connectivity, and the formats findings are told in."""
