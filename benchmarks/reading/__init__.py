"""The accuracy of reading pictures and scenes."""

FIRST_SCENE_SEED = 1  # of the scenes that are read: one more for each that follows
