"""The live page: what it shows, streams and takes."""
