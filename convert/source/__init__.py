"""What is converted, and the images that calibrate and verify it."""
