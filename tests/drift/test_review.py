"""What a review says of a change, beyond naming it: who, how bad, what it belongs to, and what settles it."""

import json
import re
from datetime import date, timedelta

import pytest

from tests.drift.estate import PERSON, Estate
from tests.stores.wire import PAGES, answered_by_somebody_else
from twilio_environments.drift.model import ABSENT
from twilio_environments.drift.reports import json_report, sarif, terminal
from twilio_environments.drift.review.ignore import rules
from twilio_environments.emulator.faults import Fault
from twilio_environments.lifecycle.review import Level
from twilio_environments.problems import Problem

ELSE = "https://else.example.net/x"
POOL = "https://messaging.twilio.com/v1/Services/{}/PhoneNumbers"


def row(review, key):
    return review.row(key)


def test_a_review_writes_nothing_and_asks_for_events_only_of_what_drifted(estate):
    estate.post(estate.url("numbers.office"), VoiceUrl=ELSE)
    estate.world.twilio.journal.clear()

    estate.review()

    assert estate.world.methods().keys() == {"GET"}
    assert estate.world.twilio.count(product="monitor") == 1


def test_three_states_of_a_field_are_told_apart(estate):
    declared = {one.urn: dict(one.inputs) for one in estate.recorded()}
    urn = next(urn for urn in declared if urn.endswith("::numbers.office"))
    declared[urn]["voice_url"] = "https://hooks.acme.example.com/new"
    estate.post(estate.url("numbers.office"), VoiceUrl=ELSE)

    review = estate.review(declared=declared)

    (field,) = row(review, "webhook_host:numbers.office").fields
    assert (field.desired, field.recorded, field.live) == (
        "https://hooks.acme.example.com/new",
        "https://hooks.acme.example.com/voice",
        ELSE,
    )
    assert review.notes == ("numbers.office: voice_url declared but not applied yet.",)


def test_what_is_declared_and_not_known_yet_is_said_to_be_unknown(estate):
    declared = {one.urn: dict(one.inputs) for one in estate.recorded()}
    urn = next(urn for urn in declared if urn.endswith("::numbers.support"))
    declared[urn]["voice_url"] = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    estate.post(estate.url("numbers.support"), VoiceUrl=ELSE)

    (field,) = row(estate.review(declared=declared), "webhook_host:numbers.support").fields

    assert field.desired == ABSENT


def test_a_program_that_does_not_run_is_a_row_and_the_rest_goes_on(estate):
    estate.post(estate.url("numbers.office"), VoiceUrl=ELSE)

    review = estate.review(declared=None, undeclared="The program ends with a mistake.")

    assert {one.key for one in review.rows} == {"webhook_host:numbers.office", "unchecked:settings"}


def test_a_declared_change_that_is_not_applied_is_a_note_and_no_drift(estate):
    declared = {one.urn: dict(one.inputs) for one in estate.recorded()}
    gone = next(urn for urn in declared if urn.endswith("::keys.api"))
    del declared[gone]

    review = estate.review(declared=declared)

    assert (review.rows, review.notes) == ((), ("keys.api is no longer declared but still exists.",))


# -- who and when ------------------------------------------------------------------------------------------------------


def test_each_field_is_attributed_to_the_event_that_set_it(estate):
    clock = estate.world.twilio.clock
    estate.post(estate.url("numbers.office"), VoiceUrl=ELSE)
    clock.advance(3600)
    estate.post(estate.url("numbers.office"), PERSON, FriendlyName="annex")
    clock.advance(3600)
    estate.post(estate.url("numbers.office"), StatusCallback=ELSE)

    review = estate.review()

    name = row(review, "changed:numbers.office")
    assert (name.attribution.actor, name.attribution.source, name.attribution.address) == (PERSON, "web", "127.0.0.1")
    assert name.attribution.event_type == "phone-number.updated"
    url, callback = sorted(row(review, "webhook_host:numbers.office").fields, key=lambda one: one.name)[::-1]
    assert url.attribution.when < name.attribution.when < callback.attribution.when
    assert row(review, "webhook_host:numbers.office").attribution == callback.attribution, "the newest one counts"


def test_an_address_is_left_out_on_request(estate):
    estate.post(estate.url("numbers.office"), PERSON, VoiceUrl=ELSE)

    shown = json_report.render(estate.review(redact=True))

    assert "127.0.0.1" not in shown
    assert PERSON in shown


def test_whoever_set_the_live_value_is_named_and_not_who_touched_the_field_last(estate):
    estate.post(estate.url("numbers.office"), PERSON, VoiceUrl=ELSE)
    estate.world.twilio.clock.advance(60)
    estate.post(estate.url("numbers.office"), VoiceUrl=f"{ELSE}/gone")
    estate.world.twilio.clock.advance(60)
    estate.post(estate.url("numbers.office"), PERSON, VoiceUrl=ELSE)
    events = estate.world.twilio.state.table("events")
    newest = max(events.rows(resource_sid=estate.sid("numbers.office")), key=lambda one: one["event_date"])
    events.delete(newest["sid"])  # Twilio may write it late

    assert row(estate.review(), "webhook_host:numbers.office").attribution.actor == PERSON


def test_two_addresses_stay_two_where_they_are_left_out(estate):
    estate.post(estate.url("numbers.office"), VoiceUrl=ELSE)
    estate.post(estate.url("numbers.support"), VoiceUrl=ELSE)
    events = estate.world.twilio.state.table("events")
    for event in events.rows(resource_sid=estate.sid("numbers.office")):
        events.put(event["sid"], event | {"source_ip_address": "198.51.100.7"})

    review = estate.review(redact=True)

    assert sorted(cause.title for cause in review.causes) == [
        f"account {estate.world.account_sid} by the API from address {n}: voice_url" for n in (1, 2)
    ]
    assert "198.51.100.7" not in json_report.render(review) + terminal.render(review)


NOBODY = {
    "an event that is too old is not found": (
        lambda estate: (
            estate.post(estate.url("numbers.office"), VoiceUrl=ELSE),
            estate.world.twilio.clock.advance(31 * 86400),
        ),
        "webhook_host:numbers.office",
        "No event in the window.",
    ),
    "Twilio keeps none for Verify": (
        lambda estate: estate.post(estate.url("verify_services.login"), CodeLength="8"),
        "changed:verify_services.login",
        "Twilio keeps no events for Verify services.",
    ),
    "a store is not Twilio's": (
        lambda estate: estate.write(estate.world.path, {"api_secret": "0" * 32}),
        "secret:keys.api",
        "See the store's own audit log; Twilio does not record this.",
    ),
}


@pytest.mark.parametrize(("act", "key", "said"), NOBODY.values(), ids=NOBODY.keys())
def test_that_nobody_is_named_is_said_with_the_reason(estate, act, key, said):
    act(estate)

    found = row(estate.review(), key)

    assert (found.attribution, found.unattributed) == (None, said)


def test_events_of_both_shapes_are_read(estate):
    estate.post(estate.url("numbers.office"), PERSON, VoiceUrl=ELSE)
    events = estate.world.twilio.state.table("events")
    for event in events.rows(resource_sid=estate.sid("numbers.office"), event_type="phone-number.updated"):
        nested = {"resource_properties": {"voiceUrl": event["event_data"]["voice_url"]}}
        events.put(event["sid"], event | {"event_data": nested})

    assert row(estate.review(), "webhook_host:numbers.office").attribution.actor == PERSON


def test_a_sender_taken_out_of_a_pool_is_not_attributed_to_whoever_put_it_in(estate):
    estate.world.twilio.clock.advance(60)
    estate.delete(f"{POOL.format(estate.sid('messaging_services.alerts'))}/{estate.sid('numbers.alerts-1')}")

    found = row(estate.review(), "changed:messaging_services.alerts.senders")

    assert found.attribution.event_type == "copilot-number-pool.deleted"


def test_a_sender_that_goes_by_its_name_is_attributed_by_its_field_and_by_whether_it_came_or_went(estate):
    estate.world.twilio.clock.advance(60)
    service = f"https://messaging.twilio.com/v1/Services/{estate.sid('messaging_services.alerts')}"
    estate.post(f"{service}/AlphaSenders", PERSON, AlphaSender="ACME 2")
    estate.world.twilio.clock.advance(60)
    estate.post(f"{service}/PhoneNumbers", PhoneNumberSid=estate.sid("numbers.office"))

    found = row(estate.review(), "changed:messaging_services.alerts.senders")

    assert {one.name: one.attribution.source for one in found.fields} == {
        "alpha_senders": "web",
        "phone_numbers": "api",
    }


def test_a_number_whose_messages_go_elsewhere_is_attributed_to_whoever_put_that_number_into_the_pool(estate):
    service = f"https://messaging.twilio.com/v1/Services/{estate.sid('messaging_services.alerts')}"
    estate.post(f"{service}/PhoneNumbers", PERSON, PhoneNumberSid=estate.sid("numbers.support"))
    estate.world.twilio.clock.advance(60)
    estate.post(f"{service}/AlphaSenders", AlphaSender="ACME 2")

    found = row(estate.review(), "shadowed:numbers.support")

    assert (found.attribution.actor, found.attribution.event_type) == (PERSON, "copilot-number-pool.created")


def test_messages_go_elsewhere_although_an_application_should_answer_them(estate):
    applications = re.sub(r"/IncomingPhoneNumbers/.*", "/Applications.json", estate.url("numbers.alerts-1"))
    application = estate.post(applications, FriendlyName="another")["sid"]
    estate.post(estate.url("numbers.alerts-1"), SmsApplicationSid=application)

    found = row(estate.review(), "shadowed:numbers.alerts-1")

    assert found.text.startswith(
        "its messages go to https://hooks.acme.example.com/messages, because it is in the pool"
    )
    assert found.text.endswith("its own sms_application_sid is ignored")


SHADOWS = """\
config:
  twilio:subaccount: {friendly_name: Acme}
  twilio:numbers:
    taken: {phone_number: "+14155550100", sms_url: https://hooks.acme.example.com/sms}
    dropped: {phone_number: "+14155550101", sms_url: https://hooks.acme.example.com/sms}
    own: {phone_number: "+14155550102", sms_url: https://hooks.acme.example.com/sms}
  twilio:messaging_services:
    alerts: {inbound_request_url: https://hooks.acme.example.com/messages, senders: {numbers: [taken]}}
    quiet: {discard_inbound: true, senders: {numbers: [dropped]}}
    marketing:
      inbound_request_url: https://hooks.acme.example.com/messages
      use_inbound_webhook_on_number: true
      senders: {numbers: [own]}
"""


def test_a_handler_that_is_not_asked_as_declared_is_no_drift_until_somebody_changes_who_is_asked(quiet, tmp_path):
    estate = Estate(quiet, SHADOWS, tmp_path)
    assert not estate.review().rows, "of a fresh environment"
    estate.post(estate.url("messaging_services.marketing"), UseInboundWebhookOnNumber="false")
    keys = {one.key for one in estate.review().rows}
    assert keys == {"changed:messaging_services.marketing", "shadowed:numbers.own"}


def test_one_hand_that_changed_many_objects_is_one_cause_until_it_rests(estate):
    clock = estate.world.twilio.clock
    for place in ("numbers.office", "numbers.support", "numbers.alerts-1"):
        estate.post(estate.url(place), PERSON, VoiceUrl="https://hooks.acme.example.com/else")
        clock.advance(600)
    clock.advance(7200)
    estate.post(estate.url("messaging_services.marketing"), PERSON, StickySender="false")
    estate.post(estate.url("messaging_services.alerts"), StickySender="false")

    review = estate.review()

    assert [len(cause.rows) for cause in review.causes] == [3, 1, 1]
    assert review.causes[0].title == f"user {PERSON} in the Console from 127.0.0.1: voice_url"
    assert {key for cause in review.causes for key in cause.rows} == {one.key for one in review.rows}
    assert all(one.cause in {cause.id for cause in review.causes} for one in review.rows)


def test_a_closed_account_is_one_cause(estate):
    estate.world.close()

    review = estate.review()

    assert {one.kind for one in review.rows} <= {"missing", "secret"}
    assert review.counts.missing == len(review.causes[0].rows)
    assert review.causes[0].title.startswith("The subaccount is closed")


# -- what else there is ------------------------------------------------------------------------------------------------


def test_a_key_made_by_hand_is_named_with_who_made_it(estate):
    estate.world.wire.call(
        "POST", estate.world.address("keys"), form={"FriendlyName": "mine"}, headers={"Emulator-Console-User": PERSON}
    )

    (found,) = estate.review().rows

    assert (found.kind, found.severity.level, found.label) == ("key_by_hand", Level.SECURITY, "mine")
    assert (found.attribution.actor, found.attribution.event_type) == (PERSON, "account-api-keys.created")
    assert not found.remedy.accept.possible


def test_a_key_with_the_stacks_mark_is_said_to_be_an_interrupted_runs(estate):
    estate.post(estate.world.address("keys"), FriendlyName="api [acme/staging]")

    by_hand, secret = estate.review().rows

    assert (by_hand.kind, by_hand.text[:28]) == ("key_by_hand", "it bears this stack's mark: ")
    assert (secret.kind, secret.place, secret.fields[0].live) == ("secret", "keys.api", "unfinished")


def test_a_key_that_lives_on_after_a_rotation_is_nobodys_work_by_hand(estate):
    made = estate.post(estate.world.address("keys"), FriendlyName="api [acme/staging]")
    until = (estate.world.twilio.clock() + timedelta(hours=9)).isoformat()
    estate.objects["keys.api"].recorded["previous"] = [{"sid": made["sid"], "until": until}]

    assert estate.review().rows == ()


def test_a_key_that_should_have_been_rotated_is_overdue(estate):
    key = estate.objects["keys.api"]
    key.inputs["rotate_every"] = "90d"
    key.recorded["rotate_every"] = "90d"
    assert estate.review().rows == ()
    key.recorded["created"] = "2020-01-01T00:00:00Z"

    (found,) = estate.review().rows

    assert (found.kind, found.place) == ("overdue", "keys.api")
    assert "rotation is due" in found.text


def test_what_cannot_be_read_is_a_row_with_the_reason(estate):
    estate.world.twilio.faults.add(Fault("status", "GET", "studio", status=403))
    estate.post(estate.url("numbers.office"), VoiceUrl=ELSE)

    review = estate.review()

    unchecked = [one for one in review.rows if one.kind == "unchecked"]
    assert [one.place for one in unchecked] == ["studio_flows", "studio_flows.autoreply", "studio_flows.ivr"]
    assert all("20403" in one.text for one in unchecked)
    assert review.counts.unchecked == 3
    assert row(review, "webhook_host:numbers.office")


def test_credentials_in_a_url_that_somebody_set_are_not_shown(estate):
    secret = "hunter2" * 3
    estate.post(estate.url("numbers.office"), VoiceUrl=f"https://bot:{secret}@else.example.net/x")

    review = estate.review()

    assert secret not in json_report.render(review) + terminal.render(review)
    assert row(review, "webhook_host:numbers.office").fields[0].live == "https://***@else.example.net/x"


def test_the_picture_has_every_object_and_the_links_that_changed(estate):
    estate.post(estate.url("numbers.support"), VoiceUrl="")
    made = estate.post(estate.world.address("numbers"), PhoneNumber="+14155550177")

    review = estate.review()

    state = {node.place: node.state for node in review.nodes}
    assert state["numbers.support"] == "changed"
    assert state[f"numbers.{made['sid']}"] == "unmanaged"
    assert len(state) == review.counts.managed + 1 - 1  # the stranger; a pool is drawn as links of its service
    links = {(link.source, link.target): link.state for link in review.links}
    assert links["numbers.support", "studio_flows.ivr"] == "removed"
    assert links["numbers.support", "studio_flows.autoreply"] == "clean"
    assert links["messaging_services.alerts", "numbers.alerts-1"] == "clean"
    assert links["studio_flows.autoreply", "studio_flows.ivr"] == "clean"
    assert links["verify_services.login", "messaging_services.alerts"] == "clean"


# -- how much it matters -----------------------------------------------------------------------------------------------


def _reset_the_token(estate):
    for step in ("Secondary", "Promote"):
        estate.post(f"https://accounts.twilio.com/v1/AuthTokens/{step}")


def _allow(*permissions):
    policy = json.dumps({"allow": [f"/twilio/messaging/services/{one}" for one in permissions]})
    return lambda e: e.post(f"https://iam.twilio.com/v1/Keys/{e.sid('keys.reporting')}", Policy=policy)


def _describe_a_limit(estate):
    limits = f"{estate.url('verify_services.login')}/RateLimits"
    (limit,) = estate.world.wire.get(limits).json()["rate_limits"]
    estate.post(f"{limits}/{limit['sid']}", Description="else")


def _publish(change):
    def act(estate):
        definition = estate.world.wire.get(estate.url("studio_flows.ivr")).json()["definition"]
        change(definition["states"][1]["properties"])
        estate.post(estate.url("studio_flows.ivr"), Status="published", Definition=json.dumps(definition))

    return act


def _move(estate, place):
    """Let the owner move a number to the main account."""
    moved = {"AccountSid": estate.world.twilio.account_sid}
    assert estate.world.parent.post(estate.url(place), **moved).ok
    return moved["AccountSid"]


MATTERS = {
    "the Auth Token was reset": (_reset_the_token, "secret:secrets", Level.SECURITY, "it was reset at Twilio"),
    "a secret was replaced": (
        lambda e: e.write(e.world.path, {"api_secret": "0" * 32}), "secret:keys.api", Level.SECURITY, "was replaced"),
    "a webhook leads away": (
        lambda e: e.post(e.url("numbers.office"), VoiceUrl=ELSE),
        "webhook_host:numbers.office", Level.SECURITY, "it leads to else.example.net, which no setting names"),
    "a webhook leads elsewhere at home": (
        lambda e: e.post(e.url("numbers.office"), VoiceUrl="https://hooks.acme.example.com/b", VoiceMethod="GET"),
        "changed:numbers.office", Level.BEHAVIOUR, "voice_method and voice_url decide what callers"),
    "a key may do more": (
        _allow("list", "read", "delete"), "changed:keys.reporting", Level.SECURITY, "more than declared: /twilio/"),
    "a key may do less": (_allow("list"), "changed:keys.reporting", Level.BEHAVIOUR, "less than declared"),
    "a name": (
        lambda e: e.post(e.url("numbers.office"), FriendlyName="annex"),
        "changed:numbers.office", Level.COSMETIC, "only the name differs"),
    "a description": (
        _describe_a_limit, "changed:verify_services.login", Level.COSMETIC, "only a description differs"),
    "a flow says something else": (
        _publish(lambda widget: widget.update(say="else")), "changed:studio_flows.ivr", Level.BEHAVIOUR, "definition"),
    "a widget was moved": (
        _publish(lambda widget: widget.update(offset={"x": 7, "y": 7})),
        "layout:studio_flows.ivr", Level.COSMETIC, "callers notice nothing"),
    "a number was released": (
        lambda e: e.delete(e.url("numbers.office")), "missing:numbers.office", Level.BEHAVIOUR, "somebody else"),
    "a number was moved": (
        lambda e: _move(e, "numbers.office"), "changed:numbers.office", Level.BEHAVIOUR, "receives its calls"),
}  # fmt: skip


@pytest.mark.parametrize(("act", "key", "level", "reason"), MATTERS.values(), ids=MATTERS.keys())
def test_how_much_it_matters_is_said_with_the_reason(estate, act, key, level, reason):
    act(estate)

    severity = row(estate.review(), key).severity

    assert (severity.level, reason in severity.reason) == (level, True), severity


def test_a_number_that_was_moved_is_not_missing_and_its_row_says_where_it_is_and_how_it_comes_back(estate):
    target = _move(estate, "numbers.office")

    review = estate.review()
    found = row(review, "changed:numbers.office")

    assert review.counts.missing == 0
    assert ("held_by", target) in [(one.name, one.live) for one in found.fields]
    assert found.attribution.actor == target
    assert f"transfer_from: {target}" in found.remedy.revert.text
    assert not found.remedy.revert.buys
    assert not found.remedy.accept.possible
    assert "in another account" in found.remedy.accept.text


# -- rules -------------------------------------------------------------------------------------------------------------

RULE = """\
- place: numbers.*
  field: voice_url
  reason: the agency tests its own webhook
  owner: telephony
  expires: 2026-12-31
"""


def test_a_rule_hides_a_field_until_its_last_day_and_then_says_that_it_ended(estate):
    estate.post(estate.url("numbers.office"), VoiceUrl=ELSE, FriendlyName="annex")
    now = estate.world.twilio.clock()

    def keys(expires: date):
        held = rules(RULE.replace("2026-12-31", expires.isoformat()))
        review = estate.review(rules=tuple(held))
        return [one.key for one in review.rows], review.counts.ignored, review.notes

    assert keys(now.date()) == (["changed:numbers.office"], 1, ())
    left, ignored, notes = keys(now.date() - timedelta(days=1))
    assert (left, ignored) == (["webhook_host:numbers.office", "changed:numbers.office"], 0)
    assert notes[0].startswith("The rule for numbers.* voice_url (telephony: the agency")


def test_a_rule_never_hides_what_could_not_be_checked(estate):
    estate.world.twilio.faults.add(Fault("status", "GET", "studio", status=403))
    everything = rules(RULE.replace("numbers.*", "'*'").replace("  field: voice_url\n", ""))

    assert estate.review(rules=tuple(everything)).counts.unchecked == 3


@pytest.mark.parametrize("missing", ["reason", "owner", "expires", "place"])
def test_a_rule_without_reason_owner_place_or_end_is_refused(missing):
    text = "".join(line + "\n" for line in RULE.replace("- ", "  ").splitlines() if missing not in line)
    with pytest.raises(Problem, match=missing):
        rules("-" + text[1:])


# -- reports -----------------------------------------------------------------------------------------------------------


def test_each_field_is_on_the_line_of_the_stack_file_that_says_it(estate):
    estate.post(estate.url("numbers.office"), VoiceUrl=ELSE, VoiceFallbackUrl=ELSE, FriendlyName="annex")
    estate.post(estate.url("numbers.support"), VoiceUrl="", StatusCallback="https://hooks.acme.example.com/status")
    estate.delete(f"{POOL.format(estate.sid('messaging_services.alerts'))}/{estate.sid('numbers.alerts-1')}")
    text = estate.text.splitlines()

    (run,) = json.loads(sarif.render(estate.review()))["runs"]

    lines = {}
    for result in run["results"]:
        (at,) = result["locations"]
        place = at["logicalLocations"][0]["fullyQualifiedName"], result["ruleId"].partition(".")[2]
        lines[place] = text[at["physicalLocation"]["region"]["startLine"] - 1].strip()
    assert lines == {
        ("numbers.office", "voice_url"): "voice_url: https://hooks.acme.example.com/voice",
        ("numbers.office", "voice_fallback_url"): "voice_fallback_url: https://fallback.acme.example.com/voice",
        ("numbers.office", "friendly_name"): "office: # in the old building",
        ("numbers.support", "voice_url"): "voice_flow: ivr # the menu",
        ("numbers.support", "status_callback"): "support:",
        ("messaging_services.alerts.senders", "phone_numbers"): "numbers: [alerts-1]",
    }


def test_the_same_input_gives_the_same_bytes(estate):
    for place in ("numbers.office", "numbers.support"):
        estate.post(estate.url(place), PERSON, VoiceUrl=ELSE)
    estate.post(estate.world.address("keys"), FriendlyName="mine")
    now = estate.world.twilio.clock()

    assert len({json_report.render(estate.review(now=now)) for _ in range(3)}) == 1
    assert len({terminal.render(estate.review(now=now)) for _ in range(3)}) == 1


def test_hostile_names_do_not_act_on_a_terminal(estate):
    name = "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\r\nCLEAN"
    estate.post(estate.url("numbers.office"), FriendlyName=name)

    for shown in (terminal.render(estate.review()), json_report.render(estate.review())):
        assert all(one == "\n" or one.isprintable() for one in shown)
        assert "owned" in shown
    assert json.loads(json_report.render(estate.review()))["rows"][0]["fields"][0]["live"] == name


@pytest.mark.parametrize("page", PAGES)
def test_a_page_in_front_of_the_store_is_no_finding_about_a_secret(estate, monkeypatch, page):
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)
    with answered_by_somebody_else(page):
        review = estate.review()
    assert {one.key.partition(":")[0] for one in review.rows} == {"unchecked"}
    assert estate.review().rows == ()
