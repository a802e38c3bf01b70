"""Where rows are kept: shards that are whole or absent."""
