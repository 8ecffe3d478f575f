"""Rewrites code with proof that its behaviour is the same, and compresses it into AICCL."""
