"""Crops of rendered scenes, and what a page network should say of them."""
