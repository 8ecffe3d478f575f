"""What a model's folder on this machine is, read from its texts and headers alone: no weight is loaded for it."""
