"""Turns a spec into code that passes, one small step at a time; so far: the sandbox in which its steps run."""
