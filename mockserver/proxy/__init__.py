"""The door for clients in other processes, in any language: a proxy that never lets anything out.

What a client sends to a provider's real address by way of it, the mock answers.
"""
