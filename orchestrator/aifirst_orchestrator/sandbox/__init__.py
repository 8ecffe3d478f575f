"""Runs what was generated where it harms nothing: no network, little of the machine in sight, limits on everything.

`open_sandbox` gives the protection that this machine has, or refuses and says what is missing; docs/sandbox.md says what
it holds off and what it does not.
"""
