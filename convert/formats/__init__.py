"""The forms a model can take, and how each is made."""
