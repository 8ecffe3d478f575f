"""What the protocol offers, one file a feature; each has `register(server)`."""
