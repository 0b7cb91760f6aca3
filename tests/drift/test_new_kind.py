"""A kind that nothing else knows of is compared, judged, attributed, advised on and drawn by what it says of itself."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.drift.estate import PERSON, PROJECT, STACK
from twilio_environments.drift.model import Link, Review
from twilio_environments.drift.reports.registry import FORMATS
from twilio_environments.drift.review import read
from twilio_environments.drift.review.project import Project
from twilio_environments.drift.review.run import Request, reviewed
from twilio_environments.drift.review.state import RecordedObject
from twilio_environments.kinds.registry import KINDS, LISTED
from twilio_environments.lifecycle.declaration import Declaration, FriendlyName, Url
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.review import (
    Drawn,
    Gone,
    Level,
    Notice,
    Reading,
    Severity,
    Stray,
    Surroundings,
    Trail,
)
from twilio_environments.stackfile import StackFile


class Gadget(Declaration):
    """What a stack file would say of one."""

    friendly_name: FriendlyName = ""
    voice_url: Url = ""
    voice_method: str = "POST"


class GadgetKind(ListedKind[Gadget]):
    """A kind of this test's, kept in one of Twilio's collections."""

    order = 999
    noun = "gadget"
    resource = "Gadget"
    described = "A gadget; `id` is its SID."
    section = "gadgets"
    path = "api.v2010.account.applications"
    prefix = "AP"
    declaration = Gadget
    facts = {"sid": str}
    console = "develop/gadgets/{sid}"
    drawn = Drawn("gadget", "Gadgets", 15, "Twilio gadget")
    bought = True
    gone = Gone(Severity(Level.SECURITY, "gadgets are the keys to the house"))
    stray = Stray(Severity(Level.SECURITY, "a gadget listens"), revert="Unplug it.")

    def findings(self, reading: Reading, around: Surroundings) -> Iterator[Notice]:
        if reading.values["voice_method"] == "GET":
            others = around.listed[self.section].keys() - {reading.sid}
            yield Notice("overdue", f"so are {len(others)} others", Severity(Level.COSMETIC, "dust"), "Dust it.")

    def remark(self, reading: Reading) -> str:
        return f"seen at {reading.facts['sid']}"

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:
        if name != "voice_method":
            return super().severity(name, recorded, live)
        return Severity(Level.SECURITY, f"{live} tells everybody")

    def trail(self, sid: str, recorded: Mapping[str, Any], differing: Mapping[str, Any]) -> Trail:
        return Trail(sid) if "voice_method" in differing else Trail(reason="Gadgets keep no diary.")

    def reverted(self, names: Any) -> str:
        return f"Turn {' and '.join(names)} back."


GADGET = GadgetKind()
ROWS = ("changed:gadgets.bot", "overdue:gadgets.bot", "missing:gadgets.lost")
TEXT = """\
config:
  twilio:gadgets:
    bot:
      voice_url: https://hooks.acme.example.com/bot
      voice_method: POST
    lost: {}
"""


@pytest.fixture
def review(estate, monkeypatch) -> Review:
    """One gadget was changed by a person and is called by a number now, one is gone, and one is nobody's."""
    monkeypatch.setitem(KINDS, "Gadget", GADGET)
    listed = [kind for kind in LISTED if kind.path != GADGET.path]
    monkeypatch.setattr(read, "LISTED", (*listed, GADGET))
    for row in estate.world.twilio.state.table("applications").rows():
        estate.world.twilio.state.table("applications").delete(row["sid"])
    collection = f"https://api.twilio.com/2010-04-01/Accounts/{estate.world.account_sid}/Applications"
    account = estate.world.run().account(estate.world.account_sid)
    recorded = []
    for name, url in (("bot", "https://hooks.acme.example.com/bot"), ("lost", "")):
        sid = estate.post(f"{collection}.json", FriendlyName=name, VoiceUrl=url)["sid"]
        inputs = {"friendly_name": name, "voice_url": url, "account_sid": estate.world.account_sid}
        outputs = inputs | dict(GADGET.fetch(account, sid).values) | {"sid": sid}
        recorded.append(RecordedObject(f"urn::{name}", f"gadgets.{name}", GADGET, sid, inputs, outputs))
    bot, lost = recorded
    estate.post(f"{collection}/{bot.sid}.json", PERSON, VoiceMethod="GET")
    estate.post(estate.url("numbers.alerts-1"), VoiceApplicationSid=bot.sid)
    estate.delete(f"{collection}/{lost.sid}.json")
    estate.post(f"{collection}.json", FriendlyName="nobody's")
    objects = [*estate.recorded(), *recorded]
    project = Project(PROJECT, STACK, estate.root, StackFile(f"Pulumi.{STACK}.yaml", TEXT))
    declared = {one.urn: one.inputs for one in objects}
    return reviewed(estate.world.run(), Request(project, objects, declared, estate.world.twilio.clock())).review


def test_it_is_compared_and_judged_by_what_it_says(review):
    changed, due, gone = (
        review.row(key) for key in ("changed:gadgets.bot", "overdue:gadgets.bot", "missing:gadgets.lost")
    )

    assert [(one.name, one.recorded, one.live) for one in changed.fields] == [("voice_method", "POST", "GET")]
    assert changed.severity == Severity(Level.SECURITY, "GET tells everybody")
    assert (changed.noun, changed.label, changed.text) == ("gadget", "bot", f"seen at {changed.sid}")
    assert (due.text, due.severity.reason) == ("so are 1 others", "dust")
    assert (gone.severity, gone.label) == (GADGET.gone.severity, "lost")
    (stray,) = [row for row in review.rows if row.place.startswith("gadgets.AP")]
    assert (stray.kind, stray.label, stray.severity) == ("unmanaged", "nobody's", GADGET.stray.severity)


def test_who_did_it_is_looked_for_where_it_says(review):
    changed, gone = review.row("changed:gadgets.bot"), review.row("missing:gadgets.lost")

    assert changed.attribution is not None
    assert changed.attribution.actor == PERSON
    assert (gone.attribution, gone.unattributed) == (None, "Gadgets keep no diary.")


def test_what_settles_it_is_what_it_says(review):
    changed, due, gone = (
        review.row(key) for key in ("changed:gadgets.bot", "overdue:gadgets.bot", "missing:gadgets.lost")
    )

    assert changed.location is not None
    assert TEXT.splitlines()[changed.location.line - 1].strip() == "voice_method: POST"
    assert changed.remedy.revert.text == "Turn voice_method back."
    assert changed.remedy.revert.command == f"pulumi up --refresh --stack {STACK} --target urn::bot"
    assert (due.remedy.revert.text, due.remedy.revert.command) == ("Dust it.", "")
    assert gone.remedy.revert.buys
    (stray,) = [row for row in review.rows if row.place.startswith("gadgets.AP")]
    assert stray.remedy.revert.text == "Unplug it."
    assert changed.console_url == f"https://console.twilio.com/us1/develop/gadgets/{changed.sid}"


def test_it_is_drawn_and_stands_in_every_report(review):
    states = {node.place: (node.kind, node.state) for node in review.nodes if node.place.startswith("gadgets")}

    assert states.pop("gadgets.bot") == ("gadget", "changed")
    assert states.pop("gadgets.lost") == ("gadget", "missing")
    assert [*states.values()] == [("gadget", "unmanaged")]
    assert Link("numbers.alerts-1", "gadgets.bot", "voice_application_sid", "added") in review.links
    for name, render in FORMATS.items():
        assert "gadgets.bot" in render(review), name
    page = FORMATS["html"](review)
    assert page.index(">Numbers</text>") < page.index(">Gadgets</text>") < page.index(">Studio flows</text>")
    assert "Twilio gadget gadgets.bot" in page


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.section)
def test_what_a_kind_says_to_the_review_is_about_fields_that_it_has(kind):
    fields = {*kind.declaration.model_fields, *kind.statuses}
    for named in (kind.grave, kind.unlogged, kind.event_names, kind.stated_as, kind.delivered):
        assert {*named} <= fields
    assert {*kind.delivered} <= {*kind.statuses}
    assert {*kind.of_time} <= {*kind.facts}
    assert bool(kind.drawn) != bool(kind.part_of)
    assert not kind.part_of or kind.part_of in {one.section for one in KINDS.values()}
