"""Tell the separators between digits: point, comma, minus, slash and colon."""
