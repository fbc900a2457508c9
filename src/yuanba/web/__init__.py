"""Layout, components and front-end source: looks, no rules. Other packages bring their own pages and use these."""
