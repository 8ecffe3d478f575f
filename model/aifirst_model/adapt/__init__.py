"""A completer for one project, by one command: samples of it, training, a file to serve, and if that was worth it."""
