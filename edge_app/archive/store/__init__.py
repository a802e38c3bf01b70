"""The store of rows: shards that are whole or absent."""
