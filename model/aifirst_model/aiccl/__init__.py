"""AICCL and models: pairs of code and notation that are proved, a model that learns from them, and its judge.

The notation's own parser, writer and proofs belong to the compiler, on whose floor this package stands; they are handed
in as a `codec.Codec`.
"""
