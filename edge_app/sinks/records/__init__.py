"""Readings written as lines: JSON Lines, CSV, text."""
