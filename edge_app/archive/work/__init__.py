"""Pages read by many workers."""
