"""Reviews for the tests of the faces, built from the model alone: a plausible one, a hostile one, and large ones."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from twilio_environments.drift.model import (
    Attribution,
    Cause,
    Counts,
    DriftedField,
    Link,
    Location,
    Node,
    Remedy,
    Review,
    Row,
    Step,
    Window,
)
from twilio_environments.lifecycle.review import Level, Severity
from twilio_environments.studio.flow_template import canonical, render, stand_ins

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "<script>window.pwned=1</script><img src=x onerror=window.pwned=1>\"'`--> ]]> | \\| ``` \n# heading\n/close\n"
    "```\n/merge\n@everyone "
    "[a](javascript:alert(1)) ![i](https://evil.example/x.png) $(touch /tmp/x) \x1b[31m\x00\x7f "
    "\u202egnp.exe\u200b \ud800 \ufffe"
)
"""A name as somebody could type it at Twilio: it has to be shown everywhere and to do nothing anywhere."""


def sid(prefix: str, number: int) -> str:
    return prefix + f"{number:032x}"


def flow(name: str) -> Any:
    definition = json.loads((ROOT / "studio" / f"{name}.json").read_text(encoding="utf-8"))
    return render(definition, stand_ins(definition))


def edited_flow() -> Any:
    edited = flow("ivr")
    edited["states"][1]["properties"]["say"] = "Welcome to Acme. Press 1 for hours, press 2 for an agent."
    edited["states"][1]["properties"]["timeout"] = 8
    edited["states"][4]["transitions"][0]["next"] = "agent"
    edited["states"].append(
        {
            "name": "agent",
            "type": "connect-call-to",
            "transitions": [{"event": "callCompleted"}, {"event": "hangup"}],
            "properties": {"noun": "number", "to": "+14155550199", "timeout": 30, "offset": {"x": 0, "y": 0}},
        }
    )
    del edited["states"][3]
    return edited


WINDOW = Window("2026-10-22T09:00:00Z", "2026-11-21T09:00:00Z")
CONSOLE = Attribution(
    "US" + "7" * 32, "user", "web", "198.51.100.7", "2026-11-20T16:42:10Z", "phone-number.updated", sid("AE", 1)
)
API = Attribution(
    "AC" + "0" * 31 + "1", "account", "api", "203.0.113.9", "2026-11-19T03:10:00Z", "flow.updated", sid("AE", 2)
)


def remedy(place: str, patch: str = "", *, buys: bool = False) -> Remedy:
    return Remedy(
        Step(
            "Write it to the stack file, review the change, then: pulumi up --refresh --stack staging",
            f"twilio-env drift --stack staging --accept {place}",
            patch,
        ),
        Step(
            "Set it back to what is declared.", f"pulumi up --refresh --stack staging --target '**{place}'", buys=buys
        ),
        Step(
            "Add a rule to drift-ignore.yaml; the finding reappears when the rule expires.",
            patch=f"- place: {place}\n  reason:\n  owner:\n  expires:\n",
        ),
    )


PATCH = """--- Pulumi.staging.yaml
+++ Pulumi.staging.yaml
@@ -21,7 +21,7 @@
   twilio:numbers:
     support:
       phone_number: "+14155550123"
-      voice_url: https://voice.acme.example.com/in
+      voice_url: https://calls.partner.example.net/in
       sms_flow: autoreply
"""


def row(  # noqa: PLR0917 - or each row below would be twice as long
    kind, place, noun, object_sid, label, level, reason, **more
) -> Row:
    more.setdefault("remedy", remedy(place))
    more.setdefault("location", Location("Pulumi.staging.yaml", 24))
    return Row(
        kind=kind,
        place=place,
        noun=noun,
        sid=object_sid,
        label=label,
        console_url=f"https://console.twilio.com/us1/x/{object_sid}",
        severity=Severity(level, reason),
        **more,
    )


def plausible() -> Review:
    """A review as a team gets it: a webhook led away, an edited flow, a missing number, a key by hand."""
    support, sales, alerts1 = sid("PN", 1), sid("PN", 2), sid("PN", 3)
    host = row(
        "webhook_host",
        "numbers.support",
        "phone number",
        support,
        "+14155550123",
        Level.SECURITY,
        "it leads to calls.partner.example.net, which no setting names",
        fields=(
            DriftedField(
                "voice_url",
                "https://voice.acme.example.com/in",
                "https://voice.acme.example.com/in",
                "https://calls.partner.example.net/in",
                CONSOLE,
            ),
        ),
        attribution=CONSOLE,
        cause="c1",
        remedy=remedy("numbers.support", PATCH),
    )
    hand = row(
        "key_by_hand",
        f"keys.{sid('SK', 9)}",
        "API key",
        sid("SK", 9),
        "agency test",
        Level.SECURITY,
        "whoever has its secret can act for the whole account",
        attribution=CONSOLE,
        cause="c1",
        remedy=Remedy(
            Step("It cannot be accepted as it is.", possible=False),
            Step("Revoke it in the Console once nobody uses it."),
            Step("Add a rule to drift-ignore.yaml."),
        ),
    )
    edited = row(
        "changed",
        "studio_flows.ivr",
        "Studio flow",
        sid("FW", 1),
        "ivr",
        Level.BEHAVIOUR,
        "definition decides what callers and recipients get",
        text="revision 14 is published, 12 is recorded",
        fields=(
            DriftedField("definition", canonical(flow("ivr")), canonical(flow("ivr")), canonical(edited_flow()), API),
        ),
        attribution=API,
        cause="c2",
    )
    several = row(
        "changed",
        "numbers.sales",
        "phone number",
        sales,
        "+12125550188",
        Level.BEHAVIOUR,
        "status_callback decides what callers and recipients get",
        fields=(
            DriftedField("friendly_name", "sales", "sales", "Sales (new agency)", CONSOLE),
            DriftedField("sms_url", "", "", "https://voice.acme.example.com/sms", CONSOLE),
            DriftedField(
                "status_callback",
                "https://voice.acme.example.com/status",
                "https://voice.acme.example.com/status",
                "",
                CONSOLE,
            ),
        ),
        attribution=CONSOLE,
        cause="c1",
    )
    missing = row(
        "missing",
        "numbers.alerts-1",
        "phone number",
        alerts1,
        "+14155550144",
        Level.BEHAVIOUR,
        "calls and messages to it fail, and Twilio may assign it to somebody else",
        text="it no longer exists at Twilio",
        unattributed="No event in the window names it.",
        cause="c3",
        remedy=remedy("numbers.alerts-1", buys=True),
    )
    stranger = row(
        "unmanaged",
        f"messaging_services.{sid('MG', 8)}",
        "Messaging Service",
        sid("MG", 8),
        "Campaign 2026",
        Level.BEHAVIOUR,
        "it costs money or takes traffic, and nobody reviewed it",
        attribution=CONSOLE,
        cause="c1",
    )
    layout = row(
        "layout",
        "studio_flows.autoreply",
        "Studio flow",
        sid("FW", 2),
        "autoreply",
        Level.COSMETIC,
        "callers notice nothing",
        text="revision 4 was published, but only the layout changed",
        attribution=API,
        cause="c2",
    )
    unread = row(
        "unchecked",
        "verify_services.login",
        "Verify service",
        sid("VA", 1),
        "Acme Login",
        Level.BEHAVIOUR,
        "its state is unknown",
        text="Twilio refused to say (error 20003)",
        unattributed="It could not be read.",
        cause="c4",
    )
    rows = (host, hand, several, edited, missing, stranger, unread, layout)
    causes = (
        Cause(
            "c1",
            "user US7777… in the Console from 198.51.100.7: friendly_name, sms_url, status_callback, voice_url",
            tuple(sorted(one.key for one in (host, hand, several, stranger))),
            CONSOLE,
            "2026-11-20T16:31:00Z",
        ),
        Cause(
            "c2",
            "account AC…1 by the API from 203.0.113.9: definition",
            tuple(sorted((edited.key, layout.key))),
            API,
            "2026-11-19T03:10:00Z",
        ),
        Cause("c3", "No event in the window names it.", (missing.key,)),
        Cause("c4", "Twilio refused to say (error 20003)", (unread.key,)),
    )
    nodes = (
        Node("subaccount", "account", "Acme staging [twilio-environments/staging]", sid("AC", 5), "clean"),
        Node("numbers.support", "number", "+14155550123", support, "changed", Level.SECURITY),
        Node("numbers.sales", "number", "+12125550188", sales, "changed", Level.BEHAVIOUR),
        Node("numbers.alerts-1", "number", "+14155550144", alerts1, "missing", Level.BEHAVIOUR),
        Node("numbers.alerts-2", "number", "+14165550145", sid("PN", 4), "clean"),
        Node("numbers.freephone", "number", "+18005550100", sid("PN", 5), "clean"),
        Node("studio_flows.ivr", "flow", "ivr", sid("FW", 1), "changed", Level.BEHAVIOUR),
        Node("studio_flows.autoreply", "flow", "autoreply", sid("FW", 2), "changed", Level.COSMETIC),
        Node("messaging_services.alerts", "messaging_service", "alerts", sid("MG", 1), "clean"),
        Node(
            f"messaging_services.{sid('MG', 8)}",
            "messaging_service",
            "Campaign 2026",
            sid("MG", 8),
            "unmanaged",
            Level.BEHAVIOUR,
        ),
        Node("verify_services.login", "verify_service", "Acme Login", sid("VA", 1), "unchecked", Level.BEHAVIOUR),
        Node("keys.api", "key", "api [twilio-environments/staging]", sid("SK", 1), "clean"),
        Node(f"keys.{sid('SK', 9)}", "key", "agency test", sid("SK", 9), "unmanaged", Level.SECURITY),
        Node("secrets", "document", "staging/twilio", "staging/twilio", "clean"),
    )
    links = (
        Link("numbers.support", "studio_flows.ivr", "voice_url", "removed"),
        Link("numbers.support", "studio_flows.autoreply", "sms_url"),
        Link("numbers.sales", "studio_flows.ivr", "voice_url"),
        Link("studio_flows.autoreply", "studio_flows.ivr", "definition"),
        Link("studio_flows.ivr", "messaging_services.alerts", "definition", "removed"),
        Link("studio_flows.autoreply", "messaging_services.alerts", "definition"),
        Link("messaging_services.alerts", "numbers.alerts-1", "phone_numbers"),
        Link("messaging_services.alerts", "numbers.alerts-2", "phone_numbers"),
        Link(f"messaging_services.{sid('MG', 8)}", "numbers.sales", "phone_numbers", "added"),
        Link("verify_services.login", "messaging_services.alerts", "messaging_configurations"),
    )
    return Review(
        project="twilio-environments",
        stack="staging",
        account_sid=sid("AC", 5),
        counts=Counts(14, 5, 1, 2, 1, 1, {}, {}),
        rows=rows,
        causes=causes,
        window=WINDOW,
        nodes=nodes,
        links=links,
        ignored=(replace(host, kind="changed", place="numbers.freephone"),),
        notes=("The rule for numbers.sales voice_url (telephony: the agency tests) ended on 2026-11-01.",),
        commit="0123456789ab",
    )


def hostile() -> Review:
    """The same with every text that Twilio or a person may choose replaced by the hostile one."""
    one = plausible()
    bad = replace(API, actor=HOSTILE, actor_type=HOSTILE, source=HOSTILE, address=HOSTILE, event_type=HOSTILE)
    step = Step(HOSTILE, HOSTILE, HOSTILE)
    rows = tuple(
        replace(
            each,
            label=HOSTILE,
            noun=HOSTILE,
            text=HOSTILE,
            severity=Severity(each.severity.level, HOSTILE),
            attribution=bad,
            unattributed=HOSTILE,
            remedy=Remedy(step, step, step),
            urn=HOSTILE,
            console_url="javascript:window.pwned=1",
            fields=tuple(
                replace(field, desired=HOSTILE, recorded=hostile_flow("a"), live=hostile_flow("b"))
                if field.name == "definition"
                else replace(field, desired=[HOSTILE], recorded={HOSTILE: HOSTILE}, live=HOSTILE, attribution=bad)
                for field in each.fields
            ),
        )
        for each in one.rows
    )
    return replace(
        one,
        rows=rows,
        ignored=rows[:1],
        notes=(HOSTILE,),
        commit=HOSTILE,
        causes=tuple(replace(each, title=HOSTILE) for each in one.causes),
        nodes=tuple(replace(each, label=HOSTILE) for each in one.nodes),
        links=tuple(replace(each, label=HOSTILE) for each in one.links),
    )


def hostile_flow(version: str) -> str:
    widget = {
        "name": HOSTILE,
        "type": HOSTILE,
        "transitions": [{"event": HOSTILE, "next": HOSTILE + version}],
        "properties": {HOSTILE: HOSTILE + version},
    }
    return json.dumps({"description": HOSTILE + version, "states": [widget]})


def large(number: int) -> Review:
    """A review of `number` numbers that all have drifted."""
    one = plausible()
    base = one.rows[2]
    rows = tuple(replace(base, place=f"numbers.n{index:05}", cause="") for index in range(number))
    nodes = (
        one.nodes[0],
        *(Node(each.place, "number", each.label, each.sid, "changed", Level.BEHAVIOUR) for each in rows),
    )
    return replace(one, rows=rows, causes=(), nodes=nodes, links=(), ignored=(), counts=Counts(number, number))


def clean() -> Review:
    one = plausible()
    nodes = tuple(replace(each, state="clean", level=None) for each in one.nodes if each.state != "unmanaged")
    return replace(one, rows=(), causes=(), nodes=nodes, links=(), ignored=(), notes=(), counts=Counts(14))
