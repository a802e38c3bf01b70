"""The access to the page: who may see it, and how often it is asked."""
