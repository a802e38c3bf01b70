"""Readings shown in a window."""
