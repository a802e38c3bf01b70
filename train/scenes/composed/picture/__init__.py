"""From a planned page to the picture of it: ink, perspective, light, crop."""
