"""Counts, times and costs as people read them."""


def counted(count: int, things: str) -> str:
    """Return a count with what is counted, in the singular where it is one.

    Args:
        count: How many, 0 or more.
        things: Of what, in a plural that ends in a single `s`: "new files".

    Examples:
        >>> counted(1, "shards"), counted(1200, "shards"), counted(0, "shards")
        ('1 shard', '1,200 shards', '0 shards')
    """
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"


def duration(hours: float) -> str:
    """Return a time in the largest unit of which there are at least two.

    Examples:
        >>> duration(2.5), duration(0.05), duration(0.01), duration(1e-6)
        ('2.5 h', '3.0 min', '36.0 s', 'under 0.1 s')
    """
    for unit, per_hour in (("h", 1), ("min", 60)):
        if hours * per_hour >= 2:
            return f"{hours * per_hour:,.1f} {unit}"
    seconds = hours * 3600
    return f"{seconds:.1f} s" if seconds >= 0.1 else "under 0.1 s"


def price(amount: float) -> str:
    """Return an amount of money to the cent.

    Examples:
        >>> price(1234.5), price(0.5), price(0.0000331)
        ('1,234.50', '0.50', 'under 0.01')
    """
    return f"{amount:,.2f}" if amount >= 0.01 else "under 0.01"
