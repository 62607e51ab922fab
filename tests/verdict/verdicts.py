"""Verdicts made by hand, for the tests of reports."""

from contracts.kernel.habits import Severity
from mockserver.verdict.finding import Finding
from mockserver.verdict.verdict import Chapter, Exchange, Life, Verdict

AT = 1_780_000_000.0
HOSTILE = (
    '</script><script>alert(1)</script>"><img src=x onerror=alert(2)> \x1b[31m & ]]> @all #7 |'
)
SHARE = {"percent": 50.0, "hit": 1, "points": 2, "missing": [HOSTILE]}


def finding(rule="screentest/submit-once", severity=Severity.ERROR, **given):
    values = {
        "what": "the same body was submitted twice, 0.4 s apart, and both were charged",
        "sentence": "A paid request whose answer was lost is looked up before it is sent again.",
        "why": "Each request that was accepted is paid for.",
        "mend": "Look for the task that the first request opened.",
        "source": "docs.acme.example/video, 2026-11 (documented)",
        "provider": "acme",
        "operation": "submit",
        "requests": (1, 2),
        "tasks": ("task-1",),
        "excerpt": '{"prompt": "a cat"}',
    }
    return Finding(rule=rule, severity=severity, **(values | given))


def exchange(number=1, **given):
    values = {
        "at": AT + number,
        "took": 0.004,
        "key": "key-1",
        "provider": "acme",
        "operation": "submit",
        "method": "POST",
        "url": "https://api.acme.example/v1/videos",
        "status": 200,
        "rule": "",
        "fault": "",
        "tasks": ("task-1",),
        "headers": {"content-type": "application/json"},
        "body": '{"prompt": "a cat"}',
        "answer_headers": {"content-type": "application/json"},
        "answer": '{"id": "task-1"}',
    }
    return Exchange(number=number, **(values | given))


def life(id_="task-1", **given):
    values = {
        "provider": "acme",
        "model": "video-1",
        "state": "succeeded",
        "created": AT + 1,
        "finishes": AT + 13,
        "cost": 6.2,
        "currency": "USD",
        "failure": "",
        "looks": (2, 3),
        "fetches": (4,),
        "callbacks": ("500 after 0.01 s", "200 after 0.01 s"),
    }
    return Life(id=id_, **(values | given))


def chapter(name="key-1", **given):
    values = {
        "is_test": "::" in name,
        "findings": (),
        "exchanges": tuple(exchange(number) for number in range(1, 5)),
        "tasks": (life(),),
        "would_have_cost": {"USD": 6.2},
    }
    return Chapter(name=name, **(values | given))


def verdict(*chapters, **given):
    values = {
        "command": ("pytest", "-q", "tests"),
        "exit_code": 0,
        "seconds": 4.2,
        "version": "0.1.0",
        "seed": 7,
        "contracts": ("acme@2026-11",),
    }
    return Verdict(chapters=chapters, **(values | given))


def hostile():
    """Give a verdict that has markup and control characters wherever a client may put some."""
    one = finding(
        what=HOSTILE,
        field=HOSTILE,
        excerpt=HOSTILE,
        operation=HOSTILE,
        tasks=(HOSTILE,),
        source=HOSTILE,
    )
    asked = exchange(
        url=f"https://api.acme.example/{HOSTILE}",
        key=HOSTILE,
        method=HOSTILE,
        rule=HOSTILE,
        fault=HOSTILE,
        body=HOSTILE,
        answer=HOSTILE,
        tasks=(HOSTILE,),
        headers={HOSTILE: HOSTILE},
        answer_headers={HOSTILE: HOSTILE},
    )
    task = life(
        HOSTILE,
        model=HOSTILE,
        state=HOSTILE,
        failure=HOSTILE,
        currency=HOSTILE,
        callbacks=(HOSTILE,),
    )
    whole = chapter(
        f"tests/test_x.py::test_it[{HOSTILE}]",
        findings=(one,),
        exchanges=(asked, exchange(2)),
        tasks=(task,),
        would_have_cost={HOSTILE: 1.0},
    )
    return verdict(
        whole,
        command=("sh", "-c", HOSTILE),
        refused=(HOSTILE,),
        coverage=SHARE | {"providers": {"acme": SHARE | {"groups": {HOSTILE: SHARE}}}},
    )
