"""The control plane, `/_screentest/`: what a test does to the world behind the API.

It is loaded with the first request that is meant for it.
"""
