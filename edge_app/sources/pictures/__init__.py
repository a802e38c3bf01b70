"""Pictures and clips in files."""
