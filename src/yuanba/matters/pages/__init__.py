"""What people open in a browser: residents' pages, desks, and the public board."""
