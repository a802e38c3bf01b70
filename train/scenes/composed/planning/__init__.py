"""The plan of a composed scene: paper, pen, light, and what is written."""
