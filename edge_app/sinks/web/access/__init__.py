"""Who may see the page, and how often it is asked."""
