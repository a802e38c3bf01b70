"""The page network: looks at a frame, and what its maps say."""
