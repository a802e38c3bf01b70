"""The demo scene, drawn by our own code, with known truth."""
