"""Secrets in texts: `find` tells where they stand, `mask` takes them out before anything is written down."""
