"""Hypothesis strategies for people who property-test a client, or a server, of these APIs.

Operations are named `venice/queue`, or `venice@2026-10/queue` for another revision than the
default. Bodies are plain JSON.

They need Hypothesis, which the extra `strategies` brings.

    from hypothesis import given
    from contracts.strategies import valid_bodies

    @given(valid_bodies("venice/queue", mode="references"))
    def test_my_client_sends_what_i_ask_for(body): ...
"""

from contracts.strategies.answers import Answer, State, answers
from contracts.strategies.bodies import bodies_breaking, breakable, valid_bodies

__all__ = ["Answer", "State", "answers", "bodies_breaking", "breakable", "valid_bodies"]
