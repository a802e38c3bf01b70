"""The reports of a training, for people."""
