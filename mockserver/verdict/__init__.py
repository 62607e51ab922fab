"""The verdict on a client: what it did wrong, what it would have cost, what was not tried."""
