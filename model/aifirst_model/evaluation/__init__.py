"""How good a model is: tests passed, style, notation, perplexity, speed, calibration; comparison and a gate for CI.

What needs a sandbox, the validator or a codec is handed in (`protocols.py`), so that nothing here depends on them.
docs/evaluation.md says what every figure means.
"""
