"""Fields read: the digits in each and the one number that they make."""
