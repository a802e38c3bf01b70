"""The forms side by side."""
