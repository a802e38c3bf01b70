"""Where on a page what is written: lines, forms, close-ups."""
