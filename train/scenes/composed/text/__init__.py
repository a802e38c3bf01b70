"""What stands on a page, and who writes it."""
