"""A browser for pages of archives."""

from browsers import browser, open_page  # noqa: F401
