"""Layout, components and front-end source: looks, no rules. Other packages bring pages and use these."""
