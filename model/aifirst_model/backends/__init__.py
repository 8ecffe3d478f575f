"""One file a backend; `open_model` imports the one that is asked for."""
