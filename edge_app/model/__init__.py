"""Model files: checked, loaded in whichever runtime is there, fed with 28x28 images."""
