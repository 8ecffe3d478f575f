"""Asks models for agents: which model, with what in its window, within which limits, and the record of it."""
