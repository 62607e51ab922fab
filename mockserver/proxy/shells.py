"""Variables as text, in the language of whoever reads them: a shell, a file, a program."""

from collections.abc import Callable, Mapping
from json import dumps
from shlex import quote

Changes = Mapping[str, str | None]
"""What each variable is to be; none takes it away."""


def sh(changes: Changes) -> str:
    """Give lines for sh, bash, zsh and their like."""
    return "".join(
        f"unset {name}\n" if value is None else f"export {name}={quote(value)}\n"
        for name, value in changes.items()
    )


def fish(changes: Changes) -> str:
    """Give lines for fish."""
    return "".join(
        f"set -e {name};\n" if value is None else f"set -gx {name} {_in_fish(value)};\n"
        for name, value in changes.items()
    )


def _in_fish(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def powershell(changes: Changes) -> str:
    """Give lines for PowerShell."""
    return "".join(
        f"Remove-Item Env:{name} -ErrorAction SilentlyContinue\n"
        if value is None
        else f"$Env:{name} = '{value.replace(chr(39), chr(39) * 2)}'\n"
        for name, value in changes.items()
    )


def dotenv(changes: Changes) -> str:
    """Give lines for a file of variables; nothing can be taken away there.

    Nothing is quoted, as programs that read such files do not agree on quotes.
    """
    if None in changes.values():
        raise ValueError("a dotenv file cannot take a variable away")
    return "".join(f"{name}={value}\n" for name, value in changes.items())


def json(changes: Changes) -> str:
    """Give one JSON object."""
    return f"{dumps(changes, indent=2)}\n"


FORMATS: Mapping[str, Callable[[Changes], str]] = {
    "sh": sh,
    "fish": fish,
    "powershell": powershell,
    "dotenv": dotenv,
    "json": json,
}
"""Every language by its name."""
