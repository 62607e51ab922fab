"""A picture that shows a face is answered 409 until the caller attests to the right to use it.

The same body goes again, with the consents. They hold for the media that were attested: another
prompt passes, another picture is asked about anew. A link whose file name contains
`screentest-face` stands for a picture with a face in it.
"""

import requests

QUEUE = "https://api.venice.ai/api/v1/video/queue"
WISH = {
    "model": "seedance-2-0-image-to-video",
    "prompt": "she turns around",
    "duration": "5s",
    "image_url": "https://pictures.example/screentest-face.png",
}
ATTESTED = {
    "confirmed_terms_and_privacy": True,
    "confirmed_legal_right": True,
    "confirmed_screening_acknowledged": True,
}


def post(wish):
    return requests.post(QUEUE, json=wish, headers={"Authorization": "Bearer k"}, timeout=30)


def submit(wish, confirm):
    """Stand for your client: `confirm` shows someone the policy, and tells whether they agree."""
    answer = post(wish)
    if answer.status_code == 409:
        asked = answer.json()
        if not confirm(asked["consent"]["policy_text"]):
            return None
        answer = post(wish | {"consents": {asked["consent_flow"]: ATTESTED}})
    answer.raise_for_status()
    return answer.json()["queue_id"]


def agree(_policy):
    return True


def refuse(_policy):
    return False


def test_the_same_body_goes_again_with_the_consents(screentest):
    assert submit(WISH, agree)

    first, second = screentest.expect("venice/queue", times=2)
    assert (first.status, second.status) == (409, 200)
    assert second.json == first.json | {"consents": {"seedance": ATTESTED}}


def test_nothing_is_made_or_charged_without_consent(screentest):
    assert submit(WISH, refuse) is None

    assert screentest.tasks == []
    assert screentest.would_have_cost == {}


def test_what_was_attested_is_not_asked_about_again_but_another_picture_is(screentest):
    submit(WISH, agree)

    assert submit(WISH | {"prompt": "she laughs"}, refuse)
    other = WISH | {"image_url": "https://pictures.example/other-screentest-face.png"}
    assert submit(other, refuse) is None
    screentest.expect("venice/queue", status=409, times=2)
