"""Bundles Python modules into one module or one runnable archive."""
