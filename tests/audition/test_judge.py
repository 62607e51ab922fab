"""What a rating is made of, from evidence that is made up."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from click import unstyle
from starlette.datastructures import Headers

from contracts.kernel.habits import Severity
from contracts.kernel.registry import providers
from mockserver.audition.acts import REHEARSAL, battery, chosen
from mockserver.audition.arranging import ordered
from mockserver.audition.evidence import Evidence, Opened, is_whole, sent, tells
from mockserver.audition.rating import Judge, Rating
from mockserver.audition.running import Done
from mockserver.audition.scorecard import chapter_of, finding_of, lines, listed, verdict_of
from mockserver.journal import Digest, digest_of
from mockserver.settings import Settings
from mockserver.verdict.verdict import Chapter, Exchange

ACTS = {one.id: one for one in battery()}
CHAPTER = Chapter(
    name="an-act", is_test=False, findings=(), exchanges=(), tasks=(), would_have_cost={}
)
TASK = Opened(
    id="a",
    provider="acme",
    asked="cat",
    opening=1,
    is_paid=True,
    is_met=False,
    is_fetched=True,
    is_told=True,
    has_callback=False,
    shows_pictures=False,
)
LEFT = replace(TASK, id="b", opening=2, is_fetched=False, is_told=False)


def evidence(*tasks, status=0, met=(2,), seconds=1.0, output=""):
    return Evidence(
        done=Done(status=status, seconds=seconds, output=output),
        tasks=tasks,
        requests=7,
        refused=(),
        met=met,
        looks=1,
        chapter=CHAPTER,
    )


GOOD_DAY = evidence(TASK, met=())


def rate(act, *tasks, rehearsal=GOOD_DAY, **others):
    return Judge(act=ACTS[act], rehearsal=rehearsal, seen=evidence(*tasks, **others)).rate()


def test_without_the_bad_thing_nothing_is_rated():
    assert rate("busy", TASK, TASK, met=()).rating is Rating.NOT_APPLICABLE


def test_more_tasks_than_in_the_rehearsal_are_paid_twice_though_their_bodies_differ():
    other = replace(TASK, asked="a cat, again", opening=3)
    got = rate("accepted-502", TASK, other, status=1)
    assert (got.rating, got.requests) == (Rating.PAID_TWICE, (1, 3))
    assert got.why == "requests 1, 3 opened 2 tasks that are charged, where the rehearsal has 1"


def test_one_body_twice_is_paid_twice_though_others_were_left_out():
    three = evidence(TASK, replace(TASK, asked="dog"), replace(TASK, asked="cow"), met=())
    assert rate("busy", TASK, TASK, rehearsal=three).rating is Rating.PAID_TWICE


def test_as_many_as_in_the_rehearsal_are_paid_once():
    two = evidence(TASK, TASK, met=())
    assert rate("busy", TASK, TASK, rehearsal=two).rating is Rating.RECOVERED


def test_a_body_that_the_rehearsal_has_not_is_no_second_one():
    assert rate("busy", replace(TASK, asked="a cat at noon")).rating is Rating.RECOVERED


def test_a_task_that_failed_is_paid_by_nobody():
    failed = replace(LEFT, is_paid=False)
    assert rate("failed", failed, TASK).rating is Rating.RECOVERED
    assert rate("failed", failed, status=1).rating is Rating.FAILED_CLEANLY


def test_what_is_spoilt_may_be_asked_for_anew_and_be_left():
    spoilt = replace(LEFT, is_met=True)
    assert rate("truncated", spoilt, TASK).rating is Rating.RECOVERED
    assert rate("truncated", spoilt, status=1).rating is Rating.FAILED_CLEANLY


def test_what_is_hidden_may_be_left_and_not_asked_for_anew():
    hidden = replace(LEFT, is_met=True)
    assert rate("accepted-502", hidden, status=1).rating is Rating.FAILED_CLEANLY
    assert rate("accepted-502", hidden, TASK).rating is Rating.PAID_TWICE


def test_what_is_left_beside_the_hidden_one_is_lost():
    two = evidence(TASK, replace(TASK, asked="dog"), met=())
    hidden, other = replace(LEFT, is_met=True), replace(LEFT, asked="dog", opening=1)
    got = rate("accepted-502", other, hidden, rehearsal=two, status=1)
    assert (got.rating, got.requests, got.tasks) == (Rating.LOST, (1,), ("b",))


def test_several_that_are_left_are_counted():
    two = evidence(TASK, replace(TASK, asked="dog"), met=())
    got = rate("busy", LEFT, replace(LEFT, asked="dog"), rehearsal=two, status=4)
    assert got.why.startswith("the task of request 2 (and 1 more) is charged, and its video never")


def test_a_client_of_links_is_held_to_links():
    link = replace(TASK, is_fetched=False)
    links = evidence(link, met=())
    assert rate("busy", link, rehearsal=links).rating is Rating.RECOVERED
    assert rate("busy", LEFT, rehearsal=links).rating is Rating.FALSE_SUCCESS
    got = rate("busy", LEFT, rehearsal=links, status=1)
    assert "and the link to its video never came" in got.why


def test_paying_twice_is_worse_than_hanging_and_hanging_worse_than_what_is_left():
    assert rate("busy", TASK, TASK, status=None).rating is Rating.PAID_TWICE
    assert rate("busy", LEFT, status=None).rating is Rating.HUNG


@pytest.mark.parametrize(
    ("act", "status", "marks"),
    [("busy", 0, 2), ("busy", 1, 1), ("dropped", 1, 2), ("busy", None, 0)],
)
def test_marks_are_full_for_the_best_that_can_be_done(act, status, marks):
    assert rate(act, TASK, status=status).marks == marks


# What arrived


def answer(content, *, method="GET", status=200, took=0.0, **headers):
    entry = SimpleNamespace(answer=content, method=method, status=status, at=5.0, took=took)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(entry=entry, answer_headers=Headers(names))


FILM = b"0123456789"


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        (answer(FILM), [(0, 10)]),
        (answer(Digest(digest_of(FILM), 10)), [(0, 10)]),
        (answer(FILM, method="HEAD"), []),
        (answer(FILM[:4], content_type="video/mp4"), [(0, 4)]),
        (answer(b'{"a": 1}', content_type="application/json"), []),
        (
            answer(FILM[4:], status=206, content_type="video/mp4", content_range="bytes 4-9/10"),
            [(4, 10)],
        ),
    ],
)
def test_what_an_answer_has_of_a_film_is_known_by_its_bytes(given, parts):
    assert [*sent(given, digest_of(FILM), len(FILM))] == parts


@pytest.mark.parametrize(
    ("given", "is_told"),
    [
        (answer(b"... secret-link ...", took=1.0), True),
        (answer(b"... secret-link ...", took=0.0), False),
        (answer(b"... secret-link ...", took=1.0, status=500), False),
        (answer(b"... nothing ...", took=1.0), False),
        (answer(Digest("", 9000), took=1.0), True),
    ],
)
def test_a_link_is_told_where_it_stands_in_an_answer_after_the_end(given, is_told):
    task = SimpleNamespace(finishes=6.0, names=SimpleNamespace(link="secret-link"))
    assert tells(given, task) is is_told


@pytest.mark.parametrize(
    ("parts", "arrived"),
    [([(0, 4), (4, 10)], True), ([(4, 10), (0, 6)], True), ([(0, 4), (5, 10)], False), ([], False)],
)
def test_a_film_is_whole_where_its_parts_leave_no_gap(parts, arrived):
    world = SimpleNamespace(studio=SimpleNamespace(video=lambda _: FILM))
    task = SimpleNamespace(plan=SimpleNamespace(clip=None))
    answers = [
        answer(
            FILM[start:end],
            status=206,
            content_type="video/mp4",
            content_range=f"bytes {start}-{end - 1}/10",
        )
        for start, end in parts
    ]
    assert is_whole(world, task, answers) is arrived


# The scorecard


def played(*rated):
    casting = SimpleNamespace(settings=Settings(seed=7))
    return SimpleNamespace(casting=casting, rehearsal=GOOD_DAY, rated=rated, seconds=2.0)


NOT_PLAYED = replace(rate("busy", TASK, met=()), evidence=None, why="the client never looks")


def test_the_scorecard_has_a_line_for_each_act_and_sums_up():
    rated = (rate("busy", TASK), rate("slow", TASK, status=1), NOT_PLAYED, rate("stuck", LEFT))
    text = [*lines(played(*rated), colour=False)]
    assert [line.split()[:3] for line in text[:4]] == [
        ["✓", "busy", "recovered"],
        ["~", "slow", "failed"],
        ["busy", "not", "applicable"],
        ["✗", "stuck", "reported"],
    ]
    assert text[0].endswith("  1.0 s  1 video arrived after 7 requests; met at request 2")
    assert text[2].endswith("not applicable                    the client never looks")
    assert text[4].split() == ["request", "2"]
    assert text[6:8] == [
        "3 of 6 marks in 3 acts, 2.0 s (the rehearsal took 1.0 s, seed 7)",
        "  1 reported success falsely, 1 failed cleanly, 1 recovered",
    ]
    assert text[8] == f"stuck: {ACTS['stuck'].happens}"


def test_colours_change_nothing_but_colours():
    rated = (rate("busy", TASK), NOT_PLAYED, rate("stuck", LEFT), rate("busy", TASK, status=None))
    plain = [*lines(played(*rated), colour=False)]
    coloured = [*lines(played(*rated), colour=True)]
    assert coloured != plain
    assert [unstyle(line) for line in coloured] == plain


def test_where_nothing_can_be_played_it_says_so():
    assert "  nothing could be played" in [*lines(played(NOT_PLAYED), colour=False)]


def test_every_act_tells_what_a_good_client_does():
    text = [*listed(battery())]
    assert len(text) == 4 * len(battery())
    assert text[:2] == ["busy: Too many requests", f"    happens  {ACTS['busy'].happens}"]


def test_a_bad_rating_is_a_finding_of_its_chapter():
    output = "\n".join(f"line {number}" for number in range(9))
    hung, lost = rate("stuck", TASK, status=None), rate("busy", LEFT, status=1, output=output)
    verdict = verdict_of(played(rate("busy", TASK), hung, lost, NOT_PLAYED), ["npm", "test"])
    assert [len(one.findings) for one in verdict.chapters] == [0, 0, 1, 1, 0]
    found = [one for chapter in verdict.chapters for one in chapter.findings]
    assert [one.severity for one in found] == [Severity.WARNING, Severity.ERROR]
    assert [one.rule for one in found] == ["audition/stuck", "audition/busy"]
    assert found[1].what.startswith("lost a paid video: the task of request 2")
    assert (found[1].provider, found[1].requests, found[1].tasks) == ("acme", (2,), ("b",))
    assert found[1].excerpt == "  | line 5\n  | line 6\n  | line 7\n  | line 8"
    assert verdict.command == ("npm", "test")


def test_a_finding_names_the_operation_of_its_request():
    exchange = Exchange(
        **dict.fromkeys(("at", "took"), 0.0),
        **dict.fromkeys(("key", "method", "url", "rule", "fault", "body", "answer"), ""),
        headers={},
        answer_headers={},
        number=2,
        provider="acme",
        operation="submit",
        status=0,
        tasks=(),
    )
    hung = rate("busy", status=None)
    seen = replace(hung.evidence, chapter=replace(CHAPTER, exchanges=(exchange,)))
    finding = finding_of(replace(hung, evidence=seen))
    assert (finding.provider, finding.operation) == ("acme", "submit")


def test_every_chapter_says_what_came_of_it():
    assert chapter_of(rate("busy", TASK)).outcome.startswith("recovered: 1 video arrived")
    assert chapter_of(NOT_PLAYED).outcome == "not applicable: the client never looks"
    assert chapter_of(NOT_PLAYED).name == "busy"


# The battery


def test_the_battery_has_no_act_twice_and_none_is_the_rehearsal():
    assert len(ACTS) == len(battery()) >= 20
    assert REHEARSAL.id not in ACTS
    assert ACTS["busy"].rule == "audition/busy"


def test_what_a_provider_cannot_do_is_ordered_at_the_others_alone():
    served = [*providers().values()]
    ordered_at = [one.when.provider for one in ordered(ACTS["callback-lost"], served)]
    assert ordered_at == [one.id for one in served if one.webhook]
    assert len(ordered_at) < len(served)


@pytest.mark.parametrize("act", battery(), ids=lambda act: act.id)
def test_every_act_that_orders_something_can_happen_somewhere(act):
    assert bool(ordered(act, [*providers().values()])) is bool(act.scenario)
    assert act.scenario or act.settings


def test_acts_are_chosen_by_pattern_in_the_order_of_the_battery():
    assert [one.id for one in chosen(["look-*", "busy"])][:2] == ["busy", "look-error"]
    assert chosen([]) == battery()


def test_a_pattern_that_means_nothing_is_refused_with_the_nearest_name():
    with pytest.raises(ValueError, match=r"'acepted-502'.*accepted-502"):
        chosen(["acepted-502"])
