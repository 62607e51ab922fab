"""The verdict as one page that asks for nothing else, and can be read without scripts, too."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from mockserver.verdict.reports import sections, wording
from mockserver.verdict.reports.tags import Markup, joined, rows, tag
from mockserver.verdict.verdict import Verdict

STYLE, SCRIPT = "page.css", "page.js"


def text(verdict: Verdict) -> str:
    """Give the page."""
    ids = sections.Ids(verdict)
    body = tag(
        "body",
        _head(verdict),
        tag(
            "main",
            sections.findings(verdict, ids),
            sections.clients(verdict, ids),
            sections.ledger(verdict),
            sections.coverage(verdict),
        ),
        tag("script", asset(SCRIPT)),
    )
    return f"<!doctype html>\n{tag('html', _meta(verdict), body, lang='en')}\n"


def _meta(verdict: Verdict) -> Markup:
    """Give the head of the document; its policy lets nothing run or load but what is ours."""
    style, script = asset(STYLE), asset(SCRIPT)
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"Screentest: {wording.headline(verdict)}"),
        tag("style", style),
    )


def asset(name: str) -> Markup:
    """Read a part of the page that is the same in every report."""
    return Markup(files("mockserver.verdict.reports").joinpath(name).read_text(encoding="utf-8"))


def _digest(given: str) -> str:
    """Give what a policy knows a style or a script by."""
    return f"sha256-{b64encode(sha256(given.encode()).digest()).decode()}"


def _head(verdict: Verdict) -> Markup:
    """Give the verdict, what was run, and the sums."""
    facts = [
        ("ran", tag("code", wording.command(verdict)) if verdict.command else ""),
        ("took", wording.lasting(verdict.seconds)),
        ("in all", f"{wording.sums(verdict)}; {wording.cost(verdict)}"),
        ("coverage", wording.coverage(verdict)),
        ("accepted", wording.baseline(verdict)),
        ("kept away", ", ".join(dict.fromkeys(verdict.refused))),
        ("contracts", ", ".join(verdict.contracts)),
        ("made by", f"Screentest {verdict.version}, seed {verdict.seed}"),
    ]
    names = ["findings", "clients", "ledger", *(["coverage"] if verdict.coverage else [])]
    links = joined(joined([tag("a", one, href=f"#{one}"), " "]) for one in names)
    title = tag("h1", f"Screentest: {wording.headline(verdict)}", class_=wording.mood(verdict))
    return tag("header", title, rows(facts), tag("nav", links))
