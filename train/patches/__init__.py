"""Networks that look at patches of a picture: how they are built and fitted."""
