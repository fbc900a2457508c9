"""Pages about people and posts."""
