"""Digits and numbers followed from frame to frame."""
