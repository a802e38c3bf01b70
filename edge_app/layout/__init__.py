"""Digits to lines, numbers and fields."""
