"""Where fields lie in a frame: upright, found after a knock, cut out."""
