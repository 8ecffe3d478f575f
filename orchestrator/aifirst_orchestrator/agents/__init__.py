"""Agents as data: a prompt, a tier of model, a budget, and the tools that it may use."""
