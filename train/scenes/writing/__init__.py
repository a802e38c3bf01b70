"""Hands and pens: what writes on a page."""
