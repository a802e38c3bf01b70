"""Live reading over time."""

FRAMES_PER_S = 15  # of what is rendered to be read live
