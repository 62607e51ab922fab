"""Venice's wallets and their money: how to pay, what is credited, who may see it."""

import json
import struct
from base64 import b64decode, b64encode
from typing import NamedTuple

import pytest

from contracts.kernel.errors import Cause, Refusal, Refused
from contracts.kernel.money import Move
from contracts.kernel.operation import Teller
from contracts.providers.venice import PROVIDER
from contracts.providers.venice.causes import WALLET_SHORT
from contracts.providers.venice.solana_transfer import transfer_in
from contracts.providers.venice.wallet_form import base58
from contracts.providers.venice.x402 import NoPayment, transactions
from contracts.providers.venice.x402_payments import Payment, read
from contracts.providers.venice.x402_requests import WalletTransactions
from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.world import World

NOW = 1_780_000_000.0
TOP_UP, BALANCE, LEDGER = (f"/api/v1/x402/{name}" for name in ("top-up", "balance", "transactions"))
QUEUE = "/api/v1/video/queue"
BODY = {"model": "seedance-2-0-text-to-video", "prompt": "p", "duration": "5s"}
BASE, SOLANA = "eip155:8453", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"
USDC = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"
MINT = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
NOBODY = "0x" + "0" * 40
PAYER = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
TERMS = {
    "scheme": "exact",
    "network": BASE,
    "asset": USDC,
    "amount": "5000000",
    "payTo": NOBODY,
    "maxTimeoutSeconds": 300,
}


def authorization(**changes):
    """Sign nothing, but give the form of a signed transfer of ten dollars."""
    transfer = {
        "from": PAYER,
        "to": NOBODY,
        "value": "10000000",
        "validAfter": "0",
        "validBefore": "1780000600",
        "nonce": "0x" + "1" * 64,
    } | changes
    return {"signature": "0x" + "11" * 65, "authorization": transfer}


def payment(payload=None, **terms):
    """Write a payment on Base, in the form with the accepted terms inside."""
    payload = authorization() if payload is None else payload
    return {"x402Version": 2, "payload": payload, "accepted": TERMS | terms}


def packed(content):
    return b64encode(json.dumps(content).encode()).decode()


def unpacked(value):
    return json.loads(b64decode(value))


def transaction(payer, amount=7_000_000, mint=MINT, instruction=12, version=b"\x80"):
    """Write a Solana transaction, as clients do: two empty signatures, four instructions."""
    accounts = [base58("1" * 32), payer, b"a" * 32, base58(mint), b"b" * 32, b"p" * 32]
    data = bytes([instruction]) + struct.pack("<Q", amount) + bytes([6])
    instructions = [
        bytes([5, 0, 5]) + b"\x02\x01\x00\x00\x00",
        bytes([5, 0, 9]) + b"\x03" + bytes(8),
        bytes([5, 4, 2, 3, 4, 1, len(data)]) + data,
        bytes([5, 0, 0x80, 1]) + b"m" * 128,
    ]
    head = bytes([2]) + bytes(128) + version + bytes([2, 0, 1, len(accounts)])
    return head + b"".join(accounts) + bytes(32) + bytes([4]) + b"".join(instructions)


def solana_payment(content, **terms):
    accepted = TERMS | {"network": SOLANA, "asset": MINT, "payTo": "1" * 32} | terms
    payload = {"transaction": b64encode(content).decode()}
    return {"x402Version": 2, "payload": payload, "accepted": accepted}


def refusal_of(value):
    """Give the name of the refusal that a payment comes to."""
    with pytest.raises(Refused) as refused:
        read(value)
    return refused.value.cause


def with_money(clock, balance):
    """Serve a mock whose keys begin with so many dollars."""
    return create_app(world=World(Settings(seed=1, balance=balance), clock))


@pytest.fixture
def app(clock):
    return with_money(clock, 0)


# paying


@pytest.mark.parametrize("name", ["PAYMENT-SIGNATURE", "X-402-Payment", "X-PAYMENT"])
async def test_a_payment_is_credited_to_its_payer(client, name):
    answer = await client.post(TOP_UP, headers={name: packed(payment())})
    assert answer.status_code == 200
    data = answer.json()["data"]
    payment_id = data.pop("paymentId")
    assert data == {"walletAddress": PAYER.lower(), "amountCredited": 10, "newBalance": 10}
    settled = unpacked(answer.headers["payment-response"])
    assert settled.pop("transaction").startswith("0x" + payment_id.removeprefix("x402-"))
    assert settled == {"success": True, "network": BASE, "payer": PAYER.lower()}


async def test_a_payment_is_credited_once_however_often_it_comes(client):
    once = {"X-402-Payment": packed(payment())}
    answers = [(await client.post(TOP_UP, headers=once)).json()["data"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[1]["newBalance"] == 10


async def test_a_payment_needs_no_key(client):
    del client.headers["authorization"]
    answer = await client.post(TOP_UP, json={}, headers={"X-402-Payment": packed(payment())})
    assert answer.status_code == 200


async def test_without_a_payment_the_terms_are_told(client):
    answer = await client.post(TOP_UP)
    body = answer.json()
    assert answer.status_code == 402
    assert unpacked(answer.headers["payment-required"]) == body
    assert body["x402Version"] == 2
    base, solana = body["accepts"]
    assert base == {
        "scheme": "exact",
        "network": BASE,
        "amount": "5000000",
        "asset": USDC.lower(),
        "payTo": NOBODY,
        "maxTimeoutSeconds": 300,
        "extra": {"name": "USD Coin", "version": "2"},
    }
    assert (solana["network"], solana["asset"]) == (SOLANA, MINT)
    assert solana["extra"]["feePayer"]


async def test_the_terms_can_be_met_as_they_are(client):
    offer = (await client.post(TOP_UP)).json()["accepts"][0]
    content = payment(authorization(to=offer["payTo"], value=offer["amount"]), **offer)
    answer = await client.post(TOP_UP, headers={"PAYMENT-SIGNATURE": packed(content)})
    assert answer.json()["data"]["amountCredited"] == 5


FLAT = {"x402Version": 2, "scheme": "exact", "network": "base", "payload": authorization()}


@pytest.mark.parametrize(
    "content", [FLAT, payment(network="base"), payment(authorization(value=10_000_000))]
)
def test_a_payment_has_several_forms(content):
    credit = read(packed(content))
    assert (credit.payer, credit.amount, credit.network) == (PAYER.lower(), 10_000_000, BASE)


def test_a_payment_has_one_id_however_often_it_is_sent():
    other = authorization() | {"signature": "0x" + "22" * 65}
    first, again, third = (read(packed(one)).id for one in (FLAT, payment(), payment(other)))
    assert first == again != third


@pytest.mark.parametrize("value", [5_000_000, 10_000_000_000])
def test_the_smallest_and_the_largest_payment_are_taken(value):
    assert read(packed(payment(authorization(value=str(value))))).amount == value


WITHOUT_SIGNATURE = {"authorization": authorization()["authorization"]}


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ([], Payment.INVALID_PAYMENT),
        ({"x402Version": 2}, Payment.INVALID_PAYMENT),
        (payment({}), Payment.INVALID_PAYMENT),
        (payment(WITHOUT_SIGNATURE), Payment.INVALID_PAYMENT),
        (FLAT | {"scheme": None}, Payment.INVALID_PAYMENT),
        (FLAT | {"network": None}, Payment.INVALID_PAYMENT),
        (payment(network="eip155:1"), Payment.UNSUPPORTED_NETWORK),
        (payment(payTo=PAYER), Payment.INVALID_PAYMENT_RECIPIENT),
        (payment(authorization(to=PAYER)), Payment.INVALID_PAYMENT_RECIPIENT),
        (payment(asset=NOBODY), Payment.UNSUPPORTED_TOKEN),
        (payment(scheme="upto"), Payment.UNSUPPORTED_SCHEME),
        (payment(authorization(value="ten")), Payment.INVALID_AMOUNT),
        (payment(authorization(value="-5000000")), Payment.INVALID_AMOUNT),
        (payment(authorization(value="1" * 21)), Payment.INVALID_AMOUNT),
        (payment(authorization(**{"from": "me"})), Payment.INVALID_PAYMENT_PAYER),
        (payment(authorization(value="4999999")), Payment.AMOUNT_TOO_LOW),
        (payment(authorization(value="10000000001")), Payment.AMOUNT_TOO_HIGH),
    ],
)
async def test_a_payment_that_is_not_good_is_refused_by_its_name(client, content, cause):
    answer = await client.post(TOP_UP, headers={"PAYMENT-SIGNATURE": packed(content)})
    assert (answer.status_code, answer.json()["error"]) == (400, cause.name)


@pytest.mark.parametrize("value", ["!", "e30", b64encode(b"{").decode()])
def test_what_is_no_base64_of_json_has_no_form(value):
    assert refusal_of(value) == Payment.INVALID_PAYMENT_FORMAT


@pytest.mark.parametrize("network", [SOLANA, "solana"])
@pytest.mark.parametrize("version", [b"\x80", b""], ids=["versioned", "legacy"])
def test_a_payment_on_solana_is_read_off_its_transaction(solana, network, version):
    content = solana_payment(transaction(solana.public, version=version), network=network)
    credit = read(packed(content))
    assert (credit.payer, credit.amount, credit.network) == (solana.address, 7_000_000, SOLANA)


@pytest.mark.parametrize(
    ("changes", "terms", "cause"),
    [
        ({}, {"payTo": "2" * 32}, Payment.INVALID_PAYMENT_RECIPIENT),
        ({}, {"asset": MINT.lower()}, Payment.UNSUPPORTED_TOKEN),
        ({"mint": "1" * 32}, {}, Payment.UNSUPPORTED_TOKEN),
        ({"instruction": 3}, {}, Payment.INVALID_PAYMENT),
        ({"amount": 1}, {}, Payment.AMOUNT_TOO_LOW),
    ],
)
def test_a_transaction_that_is_not_good_is_refused(solana, changes, terms, cause):
    content = solana_payment(transaction(solana.public, **changes), **terms)
    assert refusal_of(packed(content)) == cause


@pytest.mark.parametrize("payload", [{}, {"transaction": "!"}, {"transaction": "AAAA"}])
def test_a_payment_on_solana_needs_a_transaction(payload):
    value = packed(solana_payment(b"") | {"payload": payload})
    assert refusal_of(value) == Payment.INVALID_PAYMENT


def test_a_transaction_that_ends_too_soon_has_no_transfer(solana):
    whole = transaction(solana.public)
    assert transfer_in(whole) == (solana.address, MINT, 7_000_000)
    for end in range(len(whole)):
        with pytest.raises(ValueError, match="ends too soon"):
            transfer_in(whole[:end])


def test_a_transfer_between_accounts_that_are_looked_up_elsewhere_is_none(solana):
    whole = transaction(solana.public).replace(bytes([5, 4, 2, 3, 4, 1]), bytes([5, 4, 2, 3, 4, 9]))
    with pytest.raises(ValueError, match="no transfer"):
        transfer_in(whole)


# seeing


async def show(client, path, wallet, header, **query):
    return await client.get(
        f"{path}/{wallet.address}", params=query, headers={"SIGN-IN-WITH-X": header}
    )


async def test_a_wallet_sees_what_it_has(client, evm, sign_in):
    content = payment(authorization(**{"from": evm.address, "value": "12500000"}))
    await client.post(TOP_UP, headers={"PAYMENT-SIGNATURE": packed(content)})
    answer = await show(client, BALANCE, evm, sign_in(evm))
    assert answer.json() == {
        "success": True,
        "data": {
            "walletAddress": evm.address,
            "balanceUsd": 12.5,
            "canConsume": True,
            "minimumTopUpUsd": 5,
            "suggestedTopUpUsd": 10,
        },
    }


@pytest.mark.parametrize(("dollars", "able"), [(0, False), (0.09, False), (0.1, True)])
async def test_a_wallet_can_consume_from_ten_cents_on(door, clock, evm, sign_in, dollars, able):
    async with door(with_money(clock, dollars)) as client:
        data = (await show(client, BALANCE, evm, sign_in(evm))).json()["data"]
    assert (data["balanceUsd"], data["canConsume"]) == (dollars, able)


async def test_money_that_never_runs_out_is_shown_as_a_large_sum(door, clock, evm, sign_in):
    async with door(with_money(clock, None)) as client:
        data = (await show(client, BALANCE, evm, sign_in(evm))).json()["data"]
    assert (data["balanceUsd"], data["canConsume"]) == (10_000, True)


async def test_a_solana_wallet_pays_and_sees_it(client, solana, sign_in):
    content = solana_payment(transaction(solana.public))
    await client.post(TOP_UP, headers={"PAYMENT-SIGNATURE": packed(content)})
    answer = await show(client, BALANCE, solana, sign_in(solana))
    assert answer.json()["data"]["balanceUsd"] == 7


async def test_capitals_in_the_path_make_no_difference_on_base(client, evm, sign_in):
    header = sign_in(evm)
    evm.address = "0x" + evm.address[2:].upper()
    assert (await show(client, BALANCE, evm, header)).json()["data"]["balanceUsd"] == 0


@pytest.mark.parametrize(("path", "what"), [(BALANCE, "balance"), (LEDGER, "transaction history")])
async def test_a_wallet_sees_nothing_of_another(client, evm, other_evm, sign_in, path, what):
    answer = await show(client, path, other_evm, sign_in(evm))
    assert answer.status_code == 403
    assert answer.json() == {"error": f"You can only access {what} for your own wallet"}


@pytest.mark.parametrize("path", [BALANCE, LEDGER])
@pytest.mark.parametrize("keyed", [True, False])
async def test_an_api_key_does_not_count_for_a_wallet(client, evm, path, keyed):
    if not keyed:
        del client.headers["authorization"]
    answer = await client.get(f"{path}/{evm.address}")
    assert (answer.status_code, answer.json()["accepts"]) == (402, [])


@pytest.mark.parametrize("path", [BALANCE, LEDGER])
async def test_a_bad_signature_is_refused_without_a_reason(client, evm, sign_in, path):
    answer = await show(client, path, evm, sign_in(evm, signature="0x11"))
    assert (answer.status_code, answer.json()) == (
        401,
        {"error": "Invalid Sign-in-with-x signature"},
    )


@pytest.mark.parametrize(
    ("path", "query", "rule"),
    [
        (f"{BALANCE}/0x12", {}, "wallet-balance-wallet-address"),
        (f"{BALANCE}/{'1' * 31}", {}, "wallet-balance-wallet-address"),
        (f"{LEDGER}/{'1' * 45}", {}, "wallet-transactions-wallet-address"),
        (f"{LEDGER}/{NOBODY}", {"limit": 0}, "wallet-transactions-limit"),
        (f"{LEDGER}/{NOBODY}", {"limit": 101}, "wallet-transactions-limit"),
        (f"{LEDGER}/{NOBODY}", {"limit": "ten"}, "wallet-transactions-limit"),
        (f"{LEDGER}/{NOBODY}", {"offset": -1}, "wallet-transactions-offset"),
        (f"{LEDGER}/{NOBODY}", {"offset": "0.5"}, "wallet-transactions-offset"),
    ],
)
async def test_paths_and_queries_have_limits(client, path, query, rule):
    answer = await client.get(path, params=query)
    assert answer.status_code == 400
    assert answer.headers["x-screentest-rule"] == f"venice/{rule}"


@pytest.mark.parametrize("address", [NOBODY, "0x" + "aF" * 20, "1" * 32, "z" * 44])
@pytest.mark.parametrize("operation", ["wallet-balance", "wallet-transactions"])
def test_addresses_of_both_kinds_are_read(operation, address):
    body = PROVIDER.operation(operation).body
    assert body.model_validate({"wallet_address": address}).wallet_address == address


@pytest.mark.parametrize(
    "query", [{}, {"limit": 1}, {"limit": 99}, {"limit": 100}, {"offset": 0}, {"offset": 10**14}]
)
async def test_a_page_may_be_anywhere(client, evm, sign_in, query):
    answer = await show(client, LEDGER, evm, sign_in(evm), **query)
    page = {"limit": 50, "offset": 0, "hasMore": False} | query
    assert answer.json()["data"]["pagination"] == page


async def test_the_ledger_tells_of_payments_charges_and_refunds(client, clock, evm, sign_in):
    content = payment(authorization(**{"from": evm.address}))
    await client.post(TOP_UP, headers={"PAYMENT-SIGNATURE": packed(content)})
    clock.turn(1)
    queued = await client.post(QUEUE, json=BODY, headers={"SIGN-IN-WITH-X": sign_in(evm)})
    clock.turn(1)
    answer = await show(client, LEDGER, evm, sign_in(evm, nonce="anothernonce"))
    data = answer.json()["data"]
    charge, top_up = data.pop("transactions")
    assert data == {
        "walletAddress": evm.address,
        "currentBalance": charge["balanceAfter"],
        "pagination": {"limit": 50, "offset": 0, "hasMore": False},
    }
    assert charge.pop("id") != top_up.pop("id")
    assert charge["balanceAfter"] == pytest.approx(10 + charge["amount"])
    assert charge["amount"] < 0
    assert (charge["type"], charge["requestId"], charge["modelId"], charge["createdAt"]) == (
        "CHARGE",
        queued.json()["queue_id"],
        BODY["model"],
        "2026-05-28T20:26:41.000Z",
    )
    assert top_up == {
        "amount": 10,
        "balanceAfter": 10,
        "type": "TOP_UP",
        "createdAt": "2026-05-28T20:26:40.000Z",
        "requestId": None,
        "modelId": None,
    }


class Purse(NamedTuple):
    """Money as a ledger of so many lines of one dollar each."""

    lines: int
    balance: int

    def moves(self):
        return [Move(NOW + at, "refund", 1_000_000) for at in reversed(range(self.lines))]


def page(lines, **query):
    purse = Purse(lines, lines * 1_000_000)
    teller = Teller(
        key=f"wallet:{NOBODY}",
        headers={},
        now=NOW,
        url="",
        purse=lambda _: purse,
        new_id=str,
    )
    return transactions(WalletTransactions(wallet_address=NOBODY, **query), teller).body["data"]


@pytest.mark.parametrize(
    ("query", "balances", "more"),
    [
        ({}, [3, 2, 1], False),
        ({"limit": "2"}, [3, 2], True),
        ({"limit": "2", "offset": "1"}, [2, 1], False),
        ({"limit": "2", "offset": "3"}, [], False),
        ({"offset": "9" * 15}, [], False),
    ],
)
def test_the_ledger_is_read_by_pages(query, balances, more):
    data = page(3, **query)
    assert [line["balanceAfter"] for line in data["transactions"]] == balances
    assert data["pagination"]["hasMore"] is more
    assert {line["type"] for line in data["transactions"]} <= {"REFUND"}


def test_a_line_of_the_ledger_keeps_its_id():
    early, late = page(2)["transactions"], page(3)["transactions"]
    assert [line["id"] for line in early] == [line["id"] for line in late[1:]]


# being told to pay


def refusal(**details):
    nonces = iter(["0123abcd-4567-4ef0-8123-456789abcdef", "f" * 36])
    url = "https://api.venice.ai/api/v1/video/queue"
    return Refusal("x", None, (), details, lambda: next(nonces), lambda: url, NOW)


async def test_without_credentials_it_says_how_to_get_some(client):
    del client.headers["authorization"]
    answer = await client.post(QUEUE, json=BODY)
    body, repeated = answer.json(), unpacked(answer.headers["payment-required"])
    assert answer.status_code == 402
    assert body["error"] == "Authentication required"
    assert body["resource"]["url"].endswith(QUEUE)
    assert [one["network"] for one in body["accepts"]] == [BASE, "solana"]
    assert {one["amount"] for one in body["accepts"]} == {"10000000"}
    for one in (body, repeated):
        assert len(one["extensions"]["sign-in-with-x"]["info"].pop("nonce")) == 16
    assert body["authOptions"]["x402Wallet"]["header"] == "SIGN-IN-WITH-X"
    assert repeated == {name: body[name] for name in body if name != "authOptions"}


async def test_the_challenge_can_be_signed_as_it_is(client, evm, sign_in):
    del client.headers["authorization"]
    asked = await client.post(QUEUE, json=BODY)
    info = asked.json()["extensions"]["sign-in-with-x"]["info"]
    header = sign_in(
        evm,
        domain=info["domain"],
        nonce=info["nonce"],
        URI=info["uri"],
        Issued_At=info["issuedAt"],
        Expiration_Time=info["expirationTime"],
    )
    answer = await client.post(QUEUE, json=BODY, headers={"SIGN-IN-WITH-X": header})
    assert answer.headers.get("x-screentest-rule") == f"venice/{WALLET_SHORT}"


def test_a_short_wallet_is_told_how_to_top_up():
    row = PROVIDER.errors[WALLET_SHORT]
    body = row.body(refusal(balance=40_000))
    assert row.status == 402
    instructions, challenge = body.pop("topUpInstructions"), body.pop("siwxChallenge")
    assert body == {
        "error": "Payment required",
        "code": "PAYMENT_REQUIRED",
        "reason": "insufficient_balance",
        "currentBalanceUsd": 0.04,
        "minimumBalanceUsd": 0.1,
        "description": "Venice API",
        "suggestedTopUpUsd": 10,
        "minimumTopUpUsd": 5,
        "supportedTokens": ["USDC"],
        "supportedChains": ["base", "solana"],
    }
    steps = [instructions.pop(f"step{number}") for number in (1, 2, 3)]
    assert all(steps)
    assert instructions == {
        "receiverWallet": NOBODY,
        "tokenAddress": USDC.lower(),
        "tokenDecimals": 6,
        "network": BASE,
        "minimumAmountUsd": 5,
    }
    assert challenge == {
        "info": {
            "domain": "api.venice.ai",
            "uri": "https://api.venice.ai/api/v1/video/queue",
            "version": "1",
            "nonce": "0123abcd45674ef0",
            "issuedAt": "2026-05-28T20:26:40.000Z",
            "expirationTime": "2026-05-28T20:31:40.000Z",
            "statement": "Sign in to Venice AI",
        },
        "supportedChains": [
            {"chainId": BASE, "type": "eip191"},
            {"chainId": BASE, "type": "eip1271"},
            {"chainId": SOLANA, "type": "ed25519"},
        ],
    }


def test_an_unknown_balance_is_left_out():
    assert "currentBalanceUsd" not in PROVIDER.errors[WALLET_SHORT].body(refusal())


def test_the_header_of_a_short_wallet_is_not_its_body():
    headers = PROVIDER.errors[WALLET_SHORT].headers(refusal())
    content = unpacked(headers["PAYMENT-REQUIRED"])
    assert set(content) == {"x402Version", "error", "resource", "accepts", "extensions"}
    assert content["error"] == "Payment required"


@pytest.mark.parametrize("name", ["PAYMENT-SIGNATURE", "X-402-Payment", "X-PAYMENT"])
async def test_nothing_else_can_be_paid_for(client, name):
    answer = await client.post(QUEUE, json=BODY, headers={name: packed(payment())})
    assert (answer.status_code, answer.json()["code"]) == (400, "PAYMENT_HEADER_NOT_ACCEPTED")


def test_refusing_payments_is_no_way_to_be_let_in():
    assert (NoPayment().key({}), NoPayment().schemes()) == ("", {})
    assert set(NoPayment().causes) <= set(PROVIDER.auth.causes) <= set(PROVIDER.errors)


@pytest.mark.parametrize(
    ("cause", "status", "code"),
    [
        ("payment-verification-failed", 400, "PAYMENT_VERIFICATION_FAILED"),
        ("settlement-failed", 402, "SETTLEMENT_FAILED"),
        ("payment-in-progress", 409, "PAYMENT_IN_PROGRESS"),
        ("x402-not-configured", 503, "X402_NOT_CONFIGURED"),
        ("settlement-timeout", 504, "SETTLEMENT_TIMEOUT"),
    ],
)
def test_what_only_a_chain_finds_out_takes_a_scenario(cause, status, code):
    row = PROVIDER.errors[cause]
    assert (row.status, row.on_demand, row.body(refusal())["error"]) == (status, True, code)


def test_all_that_may_be_wrong_with_a_payment_is_documented():
    rows = {*PROVIDER.operation("top-up").refuses}
    assert {*Payment} < rows <= set(PROVIDER.errors)
    assert PROVIDER.errors[Cause.NO_KEY].status == 402
