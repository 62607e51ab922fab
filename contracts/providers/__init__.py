"""One folder for each provider. The registry lists this folder; nothing else names them."""
