"""The record of everything a run did, saved step by step, from which it resumes after any end.

Start at `trajectory.py`; `recorded_step.py` is the form on disk.
"""
