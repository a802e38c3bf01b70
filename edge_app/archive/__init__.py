"""Archives of scans, read on as many cores and machines as there are.

Only ``edge-digits archive`` imports what is here, and only `options` without the
libraries of the extra `archive`, which a device does not install.
"""
