"""What every room uses: errors, files, boxes, drawing."""
