"""The network that finds handwritten digits on a page, and how it is trained."""
