"""What the header `SIGN-IN-WITH-X` holds, as base64 of JSON."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

EVM, SOLANA = "eip155", "solana"
"""The namespaces of chains (CAIP-2)."""
ACCOUNT_OF = {EVM: "Ethereum", SOLANA: "Solana"}

Text = Annotated[str, Field(min_length=1)]


class Payload(BaseModel):
    """A signature, and the message that was signed, or the fields that it is rebuilt from."""

    model_config = ConfigDict(defer_build=True, strict=True)

    address: Text
    signature: Text
    message: Text | None = None
    chain: Any = Field(None, alias="chainId")
    """Checked later: a wrong one has a refusal of its own."""
    type: str | None = None
    timestamp: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """Milliseconds since the epoch; an older field."""

    domain: str | None = None
    uri: str | None = None
    version: str = "1"
    nonce: str | None = None
    issued: str | None = Field(None, alias="issuedAt")
    expires: str | None = Field(None, alias="expirationTime")
    begins: str | None = Field(None, alias="notBefore")
    statement: str | None = None
    request: str | None = Field(None, alias="requestId")
    resources: tuple[str, ...] = Field((), strict=False)

    def text(self) -> str | None:
        """Give the signed text; None where there is neither a message nor what makes one."""
        return self.message or self._rebuilt()

    def _rebuilt(self) -> str | None:
        """Put the fields together, as the wallet did; the chain is named without its namespace."""
        needed = (self.domain, self.uri, self.nonce, self.issued, self.chain)
        if None in needed:
            return None
        namespace, _, chain = str(self.chain).rpartition(":")
        solana = namespace == SOLANA or self.type == "ed25519"
        account = ACCOUNT_OF[SOLANA if solana else EVM]
        lines = (
            f"{self.domain} wants you to sign in with your {account} account:",
            self.address,
            "",
            *((self.statement, "") if self.statement else () if solana else ("",)),
            f"URI: {self.uri}",
            f"Version: {self.version}",
            f"Chain ID: {chain}",
            f"Nonce: {self.nonce}",
            f"Issued At: {self.issued}",
            *([f"Expiration Time: {self.expires}"] if self.expires else ()),
            *([f"Not Before: {self.begins}"] if self.begins else ()),
            *([f"Request ID: {self.request}"] if self.request else ()),
            *(("Resources:", *(f"- {one}" for one in self.resources)) if self.resources else ()),
        )
        return "\n".join(lines)
