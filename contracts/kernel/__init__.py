"""The vocabulary in which a provider is declared. Nothing here knows any provider."""
