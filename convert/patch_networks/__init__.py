"""Convert the networks that look at patches around what a page network found."""
