"""AICCL: a notation in which a model reads much code in few tokens, and a parser reads it back exactly."""
