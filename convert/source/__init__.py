"""The source of a conversion, and the images that calibrate and verify it."""
