"""Venice's wallet sign-in: what is read, what holds when, and what is refused by which name."""

from base64 import b64encode

import pytest

from contracts.kernel.errors import Refusal, Refused
from contracts.providers.venice import PROVIDER
from contracts.providers.venice import wallet as wallets
from contracts.providers.venice.wallet import Wallet, signed
from contracts.providers.venice.wallet_errors import SIGN_IN_ERRORS, SignIn
from contracts.providers.venice.wallet_form import base58, in_base58, solana_signature
from contracts.providers.venice.wallet_message import Message, MessageError

NOW = 1_780_000_000.0
MINUTE = 60
HOST = "127.0.0.1:8600"
BODY = {"model": "seedance-2-0-text-to-video", "prompt": "p", "duration": "5s"}
QUEUE = "/api/v1/video/queue"


def refusal_of(value, now=NOW, host=HOST):
    """Give the name of the refusal that a header comes to."""
    with pytest.raises(Refused) as refused:
        signed(value.encode(), host).check(now)
    return refused.value.cause


def test_a_wallet_is_the_key_it_signs_with(wallet, sign_in):
    found = signed(sign_in(wallet).encode(), HOST)
    assert found.check(NOW) is None
    assert (found.key, found.nonce, found.remembered, found.reused) == (
        wallet.key,
        "3f2a91c4d80b7e15",
        330,
        SignIn.NONCE_REUSED,
    )


def test_a_signature_that_another_library_made_holds(pack):
    """Made with eth-account 0.14; its address has the capitals of a checksum."""
    address = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
    text = (
        f"api.venice.ai wants you to sign in with your Ethereum account:\n{address}\n\n"
        "Sign in to Venice AI\n\nURI: https://api.venice.ai\nVersion: 1\nChain ID: 8453\n"
        "Nonce: 3f2a91c4d80b7e15\nIssued At: 2026-05-28T20:26:40.000Z"
    )
    signature = (
        "0xee5911038cbeb7dd141a6c2c15bb0789d3a7020dc1424961887215c2d76e8245"
        "110181993003f70ecd2070d2ac168c0929b78c116ca95432fb867130c17efd511c"
    )
    value = pack({"address": address, "message": text, "signature": signature})
    found = signed(value.encode(), HOST)
    assert found.check(NOW) is None
    assert found.key == f"wallet:{address.lower()}"


def test_a_parity_without_its_27_is_read_too(evm, sign_in, sign_in_message):
    signature = evm.sign(sign_in_message(evm))
    bare = signature[:-2] + f"{int(signature[-2:], 16) - 27:02x}"
    assert signed(sign_in(evm, signature=bare).encode(), HOST).check(NOW) is None


def test_a_solana_signature_may_be_base64(solana, sign_in, sign_in_message):
    text = sign_in_message(solana)
    value = sign_in(solana, text, b64encode(solana.signature(text)).decode())
    assert signed(value.encode(), HOST).check(NOW) is None


@pytest.mark.parametrize("chain", ["solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", None])
def test_a_solana_message_may_name_its_chain_without_a_prefix(solana, sign_in, chain):
    solana.chain = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"
    value = sign_in(solana, payload={"chainId": chain})
    assert signed(value.encode(), HOST).check(NOW) is None


@pytest.mark.parametrize("chain", [8453, "8453", "eip155:8453", None], ids=repr)
def test_base_has_three_names_and_needs_none(evm, sign_in, chain):
    value = sign_in(evm, payload={"chainId": chain})
    assert signed(value.encode(), HOST).check(NOW) is None


@pytest.mark.parametrize(
    "domain",
    [
        "api.venice.ai",
        "venice.ai",
        "outerface.venice.ai",
        "https://api.venice.ai:443",
        "API.venice.ai",
        "127.0.0.1",
        "127.0.0.1:8600",
        "http://127.0.0.1:8600",
    ],
)
def test_a_message_may_be_for_the_provider_or_for_the_host_that_is_asked(evm, sign_in, domain):
    assert signed(sign_in(evm, domain=domain).encode(), HOST).check(NOW) is None


@pytest.mark.parametrize("apart", [-30_000, 0, 30_000])
def test_a_timestamp_may_be_half_a_minute_off(evm, sign_in, apart):
    value = sign_in(evm, payload={"timestamp": NOW * 1000 + apart})
    assert signed(value.encode(), HOST).check(NOW) is None


def test_capitals_of_an_address_make_no_difference_on_base(evm, sign_in):
    value = sign_in(evm, payload={"address": "0x" + evm.address[2:].upper()})
    assert signed(value.encode(), HOST).key == evm.key


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"payload": {"address": None}}, SignIn.INVALID_PAYLOAD),
        ({"payload": {"address": ""}}, SignIn.INVALID_PAYLOAD),
        ({"payload": {"message": None}}, SignIn.INVALID_PAYLOAD),
        ({"payload": {"timestamp": "now"}}, SignIn.INVALID_PAYLOAD),
        ({"text": "hello"}, SignIn.INVALID_MESSAGE),
        ({"Version": "2"}, SignIn.INVALID_MESSAGE),
        ({"Nonce": None}, SignIn.INVALID_MESSAGE),
        ({"nonce": "short"}, SignIn.INVALID_MESSAGE),
        ({"nonce": "3f2a91c4-d80b7e15"}, SignIn.INVALID_MESSAGE),
        ({"Issued_At": None}, SignIn.INVALID_MESSAGE),
        ({"Issued_At": "yesterday"}, SignIn.INVALID_MESSAGE),
        ({"payload": {"address": "0x" + "1" * 40}}, SignIn.ADDRESS_MISMATCH),
        ({"payload": {"chainId": "base"}}, SignIn.INVALID_CHAIN_ID),
        ({"payload": {"chainId": True}}, SignIn.INVALID_CHAIN_ID),
        ({"payload": {"chainId": [8453]}}, SignIn.INVALID_CHAIN_ID),
        ({"payload": {"chainId": 1}}, SignIn.CHAIN_MISMATCH),
        ({"payload": {"chainId": "solana:abc"}}, SignIn.CHAIN_MISMATCH),
        ({"Chain_ID": "1", "payload": {"chainId": 1}}, SignIn.UNSUPPORTED_CHAIN),
        ({"Chain_ID": None, "payload": {"chainId": None}}, SignIn.UNSUPPORTED_CHAIN),
        ({"nonce": ""}, SignIn.MISSING_NONCE),
        ({"domain": "venice.example"}, SignIn.DOMAIN_MISMATCH),
        ({"domain": "api.venice.ai.example"}, SignIn.DOMAIN_MISMATCH),
        ({"payload": {"timestamp": NOW * 1000 + 30_001}}, SignIn.TIMESTAMP_MISMATCH),
        ({"payload": {"timestamp": NOW * 1000 - 30_001}}, SignIn.TIMESTAMP_MISMATCH),
        ({"now": NOW - 301}, SignIn.EXPIRED),
        ({"Expiration_Time": "2026-05-28T20:26:40Z"}, SignIn.EXPIRED),
        ({"now": NOW + 31}, SignIn.FUTURE_TIMESTAMP),
        ({"Not_Before": "2026-05-28T20:26:41Z"}, SignIn.NOT_BEFORE),
        ({"signature": "0x"}, SignIn.INVALID_SIGNATURE),
        ({"signature": "0x" + "00" * 65}, SignIn.INVALID_SIGNATURE),
        ({"signature": "0x" + "00" * 64 + "ff"}, SignIn.INVALID_SIGNATURE),
        ({"signature": "0x" + "11" * 64 + "1b"}, SignIn.INVALID_SIGNATURE),
    ],
)
def test_each_fault_has_a_name(evm, sign_in, changes, cause):
    assert refusal_of(sign_in(evm, **changes)) == cause


@pytest.mark.parametrize("value", ["!!!", "", "e30", b64encode(b"{").decode(), "[" * 8])
def test_a_header_that_is_not_base64_of_json_is_told_apart(value):
    assert refusal_of(value) == SignIn.PARSE_ERROR


@pytest.mark.parametrize("content", [{}, [], "text", None, {"address": 1}])
def test_json_of_another_form_is_no_payload(pack, content):
    assert refusal_of(pack(content)) == SignIn.INVALID_PAYLOAD


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"payload": {"address": "So11111111111111111111111111111111111111112"}}, "mismatch"),
        ({"signature": "1" * 64}, "signature"),
        ({"signature": "1" * 200}, "signature"),
        ({"signature": "0OIl"}, "signature"),
        ({"signature": in_base58(b"2" * 64)}, "signature"),
        ({"signature": in_base58(b"2" * 63)}, "signature"),
        ({"Chain_ID": "solana:devnet", "payload": {"chainId": None}}, "chain"),
    ],
)
def test_faults_on_solana_have_the_same_names(solana, sign_in, changes, cause):
    causes = {
        "mismatch": SignIn.ADDRESS_MISMATCH,
        "signature": SignIn.INVALID_SIGNATURE,
        "chain": SignIn.UNSUPPORTED_CHAIN,
    }
    assert refusal_of(sign_in(solana, **changes)) == causes[cause]


def test_capitals_of_an_address_make_a_difference_on_solana(solana, sign_in):
    value = sign_in(solana, payload={"address": solana.address.swapcase()})
    assert refusal_of(value) == SignIn.ADDRESS_MISMATCH


@pytest.mark.parametrize("address", ["0x12", "0x" + "g" * 40, "nobody"])
def test_an_address_that_no_wallet_has_is_refused(wallet, sign_in, address):
    wallet.address = address
    assert refusal_of(sign_in(wallet)) == SignIn.INVALID_WALLET


def test_a_signature_of_someone_else_does_not_hold(evm, other_evm, sign_in, sign_in_message):
    value = sign_in(evm, signature=other_evm.sign(sign_in_message(evm)))
    assert refusal_of(value) == SignIn.INVALID_SIGNATURE


def test_a_key_that_is_no_point_signs_nothing(solana, sign_in, sign_in_message):
    signature = solana.sign(sign_in_message(solana))
    solana.address = in_base58(b"\xff" * 32)
    assert refusal_of(sign_in(solana, signature=signature)) == SignIn.INVALID_SIGNATURE


@pytest.mark.parametrize(("now", "held"), [(NOW - 30, True), (NOW + 300, True), (NOW + 301, False)])
def test_a_message_holds_from_half_a_minute_before_to_five_minutes_after(evm, sign_in, now, held):
    value = sign_in(evm, Expiration_Time="2026-05-28T21:00:00Z", Not_Before="2026-05-28T20:26:00Z")
    if held:
        assert signed(value.encode(), HOST).check(now) is None
    else:
        assert refusal_of(value, now) == SignIn.EXPIRED


def test_without_the_extra_only_the_form_of_a_signature_is_looked_at(evm, sign_in, monkeypatch):
    monkeypatch.setattr(wallets, "has_cryptography", lambda: False)
    value = sign_in(evm, signature="0x" + "11" * 65)
    assert signed(value.encode(), HOST).check(NOW) is None
    assert refusal_of(sign_in(evm, signature="0x11")) == SignIn.INVALID_SIGNATURE


def test_the_extra_is_looked_for_once(monkeypatch):
    wallets.has_cryptography.cache_clear()
    monkeypatch.setattr(wallets, "LIBRARIES", ("no_such_library",))
    assert wallets.has_cryptography() is False
    monkeypatch.undo()
    assert wallets.has_cryptography() is False
    wallets.has_cryptography.cache_clear()
    assert wallets.has_cryptography() is True


FIELDS = {
    "domain": "api.venice.ai",
    "uri": "https://api.venice.ai",
    "version": "1",
    "nonce": "3f2a91c4d80b7e15",
    "issuedAt": "2026-05-28T20:26:40Z",
}
OPTIONAL = {
    "statement": "Sign in to Venice AI",
    "expirationTime": "2026-05-28T20:30:40Z",
    "notBefore": "2026-05-28T20:26:40Z",
    "requestId": "r-1",
    "resources": ["https://venice.ai/a", "https://venice.ai/b"],
}


@pytest.mark.parametrize("fields", [FIELDS, FIELDS | OPTIONAL], ids=["few", "all"])
def test_the_fields_may_come_without_the_message(wallet, pack, fields):
    chain = wallet.chain.rpartition(":")[2]
    blank = "" if wallet.account == "Solana" else "\n"
    middle = "\nSign in to Venice AI\n\n" if "statement" in fields else f"\n{blank}"
    text = (
        f"api.venice.ai wants you to sign in with your {wallet.account} account:\n"
        f"{wallet.address}\n{middle}URI: https://api.venice.ai\nVersion: 1\nChain ID: {chain}\n"
        "Nonce: 3f2a91c4d80b7e15\nIssued At: 2026-05-28T20:26:40Z"
    )
    if "statement" in fields:
        text += (
            "\nExpiration Time: 2026-05-28T20:30:40Z\nNot Before: 2026-05-28T20:26:40Z"
            "\nRequest ID: r-1\nResources:\n- https://venice.ai/a\n- https://venice.ai/b"
        )
    content = {"address": wallet.address, "signature": wallet.sign(text)} | wallet.payload | fields
    assert signed(pack(content).encode(), HOST).check(NOW) is None


@pytest.mark.parametrize("name", ["domain", "uri", "nonce", "issuedAt"])
def test_fields_that_make_no_message_are_no_payload(evm, pack, name):
    content = {"address": evm.address, "signature": "0x11"} | evm.payload | FIELDS
    del content[name]
    assert refusal_of(pack(content)) == SignIn.INVALID_PAYLOAD


WHOLE = """https://api.venice.ai wants you to sign in with your Ethereum account:
0x0000000000000000000000000000000000000001

I accept.

URI: https://api.venice.ai/login
Version: 1
Chain ID: 8453
Nonce: abcdefgh1
Issued At: 2026-05-28T20:26:40.5+02:00
Expiration Time: 2026-05-28T21:26:40Z
Not Before: 2026-05-28T20:26:40Z
Request ID: some id
Resources:
- https://example.com/a
- ipfs://b"""


def test_a_message_with_everything_in_it_is_read():
    assert Message.parse(WHOLE) == Message(
        account="Ethereum",
        domain="api.venice.ai",
        address="0x0000000000000000000000000000000000000001",
        statement="I accept.",
        uri="https://api.venice.ai/login",
        chain="8453",
        nonce="abcdefgh1",
        issued=NOW - 7199.5,
        expires=NOW + 3600,
        begins=NOW,
        request="some id",
        resources=("https://example.com/a", "ipfs://b"),
    )


@pytest.mark.parametrize("statement", ["\n", "\n\n"])
def test_a_statement_may_be_left_out_in_two_ways(statement):
    message = Message.parse(WHOLE.replace("\n\nI accept.\n\n", f"\n{statement}"))
    assert (message.statement, message.uri) == ("", "https://api.venice.ai/login")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("\nURI: ", "\nUrl: ", "no line `URI`"),
        ("Ethereum", "Bitcoin", "first line"),
        ("\n\nI accept.", "\nI accept.", "an address and at most one statement"),
        ("I accept.", "I\naccept.", "an address and at most one statement"),
        ("Version: 1", "Version: 2", "`Version` is not 1"),
        ("Version: 1\n", "", "no line `Version`"),
        ("Nonce: abcdefgh1\n", "", "no line `Nonce`"),
        ("abcdefgh1", "abc", "eight letters"),
        ("2026-05-28T20:26:40.5+02:00", "2026-05-28", "`Issued At` is not a moment of RFC 3339"),
        ("2026-05-28T21:26:40Z", "2026-02-30T21:26:40Z", "`Expiration Time` is not a moment there"),
        ("Request ID", "Order ID", "a line too many"),
        ("- ipfs://b", "ipfs://b", "a line too many"),
    ],
)
def test_a_message_that_is_not_one_is_told_why(old, new, words):
    with pytest.raises(MessageError, match=words):
        Message.parse(WHOLE.replace(old, new, 1))


@pytest.mark.parametrize("content", [b"", b"\0", b"\0\0\x01", b"venice", b"\xff" * 32])
def test_base58_is_read_as_it_is_written(content):
    assert base58(in_base58(content)) == content


def test_base58_is_that_of_others():
    """The sample of the base58 draft."""
    assert in_base58(b"Hello World!") == "2NEpo7TZRRrLZSi2U"
    assert solana_signature("2NEpo7TZRRrLZSi2U") is None


def refusal_at(path, **details):
    return Refusal("x", None, (), details, lambda: "id", lambda: f"https://api.venice.ai{path}")


@pytest.mark.parametrize("cause", SignIn)
def test_every_refusal_has_its_code_and_status(cause):
    row = PROVIDER.errors[cause]
    assert (row.status, row.body(refusal_at(QUEUE))["code"]) == (401, f"X402_SIGN_IN_{cause.name}")


@pytest.mark.parametrize("cause", SignIn)
def test_routes_about_wallets_give_no_reason(cause):
    body = SIGN_IN_ERRORS[cause].body(refusal_at("/api/v1/x402/balance/0x1"))
    assert body == {"error": "Invalid Sign-in-with-x signature"}


def test_what_is_wrong_with_a_message_is_told():
    body = SIGN_IN_ERRORS[SignIn.INVALID_MESSAGE].body(refusal_at(QUEUE, message="no line"))
    assert body["error"] == "Invalid message: no line"


@pytest.mark.parametrize("name", [b"sign-in-with-x", b"x-sign-in-with-x"])
def test_a_header_has_a_name_and_an_older_one(evm, sign_in, name):
    headers = {
        name: sign_in(evm).encode(),
        b"host": b"api.venice.ai",
        b"authorization": b"Bearer k",
    }
    assert PROVIDER.auth.key(headers).key == evm.key
    assert Wallet(name).key({}) == ""
    assert Wallet(name).schemes() == {
        name.decode(): {"type": "apiKey", "in": "header", "name": name.decode()}
    }
    assert PROVIDER.auth.schemes()[name.decode()]["in"] == "header"


@pytest.mark.parametrize("name", ["SIGN-IN-WITH-X", "X-Sign-In-With-X"])
async def test_a_request_of_a_wallet_is_served_once(client, evm, sign_in, name):
    headers = {name: sign_in(evm)}
    first = await client.post(QUEUE, json=BODY, headers=headers)
    again = await client.post(QUEUE, json=BODY, headers=headers)
    assert first.status_code == 200
    assert (again.status_code, again.json()) == (
        401,
        {"error": "This nonce has already been used", "code": "X402_SIGN_IN_NONCE_REUSED"},
    )


async def test_a_message_is_too_old_after_five_minutes_of_the_clock(client, clock, evm, sign_in):
    clock.turn(5 * MINUTE + 1)
    answer = await client.post(QUEUE, json=BODY, headers={"SIGN-IN-WITH-X": sign_in(evm)})
    assert (answer.status_code, answer.json()["code"]) == (401, "X402_SIGN_IN_EXPIRED")
