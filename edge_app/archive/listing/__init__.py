"""Which pages there are to read, and what they are."""
