"""What is true of messages: each provider's documented rules, as data."""
