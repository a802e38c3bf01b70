"""What a composed scene is like: paper, pen, light, and what is written."""
