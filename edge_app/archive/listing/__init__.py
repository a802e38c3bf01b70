"""The pages there are to read, and their properties."""
