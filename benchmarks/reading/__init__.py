"""How well pictures and scenes are read."""

FIRST_SCENE_SEED = 1  # of the scenes that are read: one more for each that follows
