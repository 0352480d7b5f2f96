"""What the plugin needs of mypy, its host: hooks, insides, settings, what is remembered between questions."""
