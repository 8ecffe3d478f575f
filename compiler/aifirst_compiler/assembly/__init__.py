"""Assembles tagged micro-functions into a pipeline: one function that runs them in the order of their dependencies."""
