"""Our own messages, `aifirst/…`, one file each; each has `register(server)`."""
