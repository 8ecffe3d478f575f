"""Bundles of JavaScript and TypeScript, made by esbuild under Node; nothing of the workspace runs for it."""
