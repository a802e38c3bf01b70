"""How well pictures and scenes are read."""
