"""Named places in a picture, each with a number that is checked."""
