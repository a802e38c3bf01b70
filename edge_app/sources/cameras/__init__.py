"""Webcams and the Raspberry Pi camera."""
