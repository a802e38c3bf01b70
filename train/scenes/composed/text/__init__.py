"""The text on a page, and who writes it."""
