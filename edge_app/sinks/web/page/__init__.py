"""What the live page shows, streams and takes."""
