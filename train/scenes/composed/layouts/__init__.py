"""The layouts of what is written on a page: lines, forms, close-ups."""
