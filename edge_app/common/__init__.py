"""The tools that every room uses: errors, files, boxes, drawing."""
