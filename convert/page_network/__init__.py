"""Convert a page network: from a run of `python -m train --arch page` to its files."""
