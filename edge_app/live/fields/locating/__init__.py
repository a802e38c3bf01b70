"""The places of fields in a frame: upright, found after a knock, cut out."""
