"""Where the digits of a frame are: by the page network, or the plain classic way."""
