"""The processes that read and judge code for the server, and how they are spoken with."""
