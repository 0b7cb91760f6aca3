import copy
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.emulator.sdk import example_sid, refusal
from tests.emulator.wire import code, sdk

TRIGGER = {
    "name": "Trigger",
    "type": "trigger",
    "transitions": [{"event": "incomingMessage", "next": "answer"}, {"event": "incomingCall"}],
    "properties": {"offset": {"x": 0, "y": 0}},
}
ANSWER = {
    "name": "answer",
    "type": "send-message",
    "transitions": [{"event": "sent"}],
    "properties": {"body": "{{trigger.message.Body}}"},
}
GOOD = {
    "description": "echo",
    "initial_state": "Trigger",
    "states": [TRIGGER, ANSWER],
    "flags": {"allow_concurrent_calls": True},
}


@pytest.fixture
def client(twilio):
    return sdk(twilio)


@pytest.fixture
def flows(client):
    return client.studio.v2.flows


@pytest.fixture
def flow(flows):
    return flows(flows.create(friendly_name="echo", status="published", definition=GOOD).sid)


def changed(**changes):
    return {**copy.deepcopy(GOOD), **changes}


def test_a_new_flow_is_revision_one_with_its_webhook(flows, twilio):
    flow = flows.create(friendly_name="echo", status="draft", definition=GOOD, commit_message="first")
    assert (flow.revision, flow.status, flow.valid, flow.errors, flow.warnings) == (1, "draft", True, [], [])
    assert (flow.definition, flow.commit_message, flow.date_updated) == (GOOD, "first", None)
    assert flow.webhook_url == f"https://webhooks.twilio.com/v1/Accounts/{twilio.account_sid}/Flows/{flow.sid}"
    assert flows(flow.sid).fetch().definition == GOOD


def test_every_update_makes_a_revision_a_changeless_one_too(flow):
    assert flow.update(status="published").revision == 2
    updated = flow.update(status="draft", friendly_name="parrot", commit_message="rename")
    assert (updated.revision, updated.friendly_name, updated.commit_message) == (3, "parrot", "rename")
    assert flow.update(status="draft").commit_message is None


def test_reading_a_flow_shows_a_draft_and_the_published_one_is_a_revision(flow):
    draft = changed(description="draft")
    flow.update(status="draft", definition=draft)
    assert flow.fetch().definition == draft
    assert flow.revisions("LatestRevision").fetch().definition == draft
    published = flow.revisions("LatestPublished").fetch()
    assert (published.revision, published.status, published.definition) == (1, "published", GOOD)
    assert flow.revisions("2").fetch().status == "draft"


def test_revisions_are_listed_newest_first_without_definitions(flow):
    flow.update(status="draft")
    revisions = flow.revisions.list()
    assert [(revision.revision, revision.definition, revision.valid) for revision in revisions] == [
        (2, None, None),
        (1, None, None),
    ]


def test_flows_are_listed_without_definitions(flows, flow):
    listed = flows.list()
    assert [each.friendly_name for each in listed] == ["echo"]
    assert (listed[0].definition, listed[0].valid, listed[0].errors, listed[0].warnings) == (None,) * 4


def test_a_revision_is_a_number_or_one_of_two_words(flows, flow):
    assert refusal(lambda: flow.revisions("latest").fetch()) == (400, 81021)
    assert refusal(lambda: flow.revisions("9").fetch()) == (404, 20404)
    draft = flows(flows.create(friendly_name="draft", status="draft", definition=GOOD).sid)
    assert refusal(lambda: draft.revisions("LatestPublished").fetch()) == (404, 20404)


def test_an_update_always_says_the_status(wire, flow):
    url = f"https://studio.twilio.com/v2/Flows/{flow.fetch().sid}"
    assert code(wire.post(url, FriendlyName="parrot")) == (400, 20001)
    assert refusal(lambda: flow.update(status="live")) == (400, 20001)
    assert flow.fetch().revision == 1


@pytest.mark.parametrize("missing", ["FriendlyName", "Status", "Definition"])
def test_a_flow_needs_name_status_and_definition(wire, missing):
    form = {"FriendlyName": "echo", "Status": "draft", "Definition": "{}"}
    del form[missing]
    assert code(wire.post("https://studio.twilio.com/v2/Flows", **form)) == (400, 20001)


def failed(action):
    """The details of a failed validation."""
    with pytest.raises(TwilioRestException) as caught:
        action()
    assert (caught.value.status, caught.value.code) == (400, 81022)
    details: Any = caught.value.details
    return details


def with_answer(**changes):
    return changed(states=[TRIGGER, {**ANSWER, **changes}])


def without(holder, name):
    return {key: value for key, value in holder.items() if key != name}


BAD = [
    ("not JSON", "{", "#/"),
    ("not an object", [], "#/"),
    ("no initial state", without(GOOD, "initial_state"), "#"),
    ("an initial state that is not there", changed(initial_state="Start"), "#/initial_state"),
    ("no states", without(GOOD, "states"), "#"),
    ("an empty list of states", changed(states=[]), "#/states"),
    ("1001 states", changed(states=[TRIGGER, *({**ANSWER, "name": f"{n}"} for n in range(1000))]), "#/states"),
    ("a description that is no text", changed(description=1), "#/description"),
    ("flags that are none", changed(flags=[]), "#/flags"),
    ("flags without the one they must have", changed(flags={}), "#/flags"),
    ("a flag that is no boolean", changed(flags={"allow_concurrent_calls": "yes"}), "#/flags/allow_concurrent_calls"),
    ("a state that is none", changed(states=[TRIGGER, ANSWER, "x"]), "#/states/2"),
    ("a nameless widget", with_answer(name=""), "#/states/1/name"),
    ("two widgets of a name", changed(states=[TRIGGER, ANSWER, ANSWER]), "#/states/2/name"),
    ("an unknown widget type", with_answer(type="sing-song"), "#/states/1/type"),
    ("a widget without properties", changed(states=[TRIGGER, without(ANSWER, "properties")]), "#/states/1"),
    ("a request without a URL", with_answer(type="make-http-request"), "#/states/1/properties"),
    ("a transition that is none", with_answer(transitions=["sent"]), "#/states/1/transitions/0"),
    ("a transition without event", with_answer(transitions=[{}]), "#/states/1/transitions/0"),
    (
        "a transition to nowhere",
        with_answer(transitions=[{"event": "sent", "next": "gone"}]),
        "#/states/1/transitions/0/next",
    ),
    (
        "a condition without value",
        with_answer(
            type="split-based-on",
            properties={"input": "x"},
            transitions=[{"event": "match", "conditions": [{"friendly_name": "a", "arguments": [], "type": "b"}]}],
        ),
        "#/states/1/transitions/0/conditions/0",
    ),
]


@pytest.mark.parametrize(("reason", "definition", "path"), BAD)
def test_a_bad_definition_is_81022_and_says_where(client, flow, reason, definition, path):
    flows = client.studio.v2.flows
    attempts = (
        lambda: flows.create(friendly_name="bad", status="draft", definition=definition),
        lambda: flow.update(status="draft", definition=definition),
        lambda: client.studio.v2.flow_validate.update(friendly_name="bad", status="draft", definition=definition),
    )
    for attempt in attempts:
        details = failed(attempt)
        assert path in [error["property_path"] for error in details["errors"]], reason
        assert all(error["message"] for error in details["errors"])
        assert details["warnings"] == []
    assert [each.revision for each in flows.list()] == [1]


def test_all_problems_are_named_at_once(flows):
    bad = changed(initial_state="Start", states=[TRIGGER, {**ANSWER, "type": "sing-song"}])
    details = failed(lambda: flows.create(friendly_name="bad", status="draft", definition=bad))
    assert {error["property_path"] for error in details["errors"]} == {
        "#/initial_state",
        "#/states/1/type",
    }


def test_a_good_definition_validates(client):
    assert client.studio.v2.flow_validate.update(friendly_name="x", status="draft", definition=GOOD).valid is True


def test_a_definition_is_not_too_large(flows, twilio):
    twilio.switches.flow_definition_byte_limit = 100
    assert refusal(lambda: flows.create(friendly_name="x", status="draft", definition=GOOD)) == (400, 81022)


def test_reads_after_a_write_lag_as_long_as_the_switch_says(flows, twilio):
    twilio.switches.studio_read_lag = 2
    flow = flows(flows.create(friendly_name="echo", status="published", definition=GOOD).sid)
    assert refusal(flow.fetch) == (404, 20404)
    assert flows.list() == []
    assert flow.fetch().revision == 1
    assert flow.update(status="published").revision == 2
    assert [flow.fetch().revision, flow.revisions("LatestRevision").fetch().revision] == [1, 1]
    assert flow.fetch().revision == 2


def test_test_users_are_replaced_and_cleared_without_a_revision(flow):
    assert flow.test_users().fetch().test_users == []
    assert flow.test_users().update(test_users=["+15105550100", "+15105550101"]).test_users == [
        "+15105550100",
        "+15105550101",
    ]
    assert flow.test_users().update(test_users=[""]).test_users == []
    assert flow.fetch().revision == 1


def test_a_deleted_flow_is_gone(flows, flow):
    assert flow.delete()
    assert refusal(flow.fetch) == (404, 20404)
    assert refusal(flow.delete) == (404, 20404)
    assert refusal(lambda: flow.revisions("1").fetch()) == (404, 20404)
    assert flows.list() == []


def test_flows_have_events_that_name_the_revision_and_keep_the_definition_out(client, flow):
    sid = flow.fetch().sid
    flow.update(status="draft", definition=changed(description="new"))
    flow.delete()
    events = client.monitor.v1.events.list(resource_sid=sid)
    assert [event.event_type for event in events] == ["flow.deleted", "flow.updated", "flow.created"]
    assert events[1].event_data == {
        "status": {"previous": "published", "updated": "draft"},
        "revision": {"previous": 1, "updated": 2},
    }


def test_a_person_in_the_console_is_the_author(wire, client, flow):
    sid, person = flow.fetch().sid, example_sid("US")
    url = f"https://studio.twilio.com/v2/Flows/{sid}"
    assert (
        wire.call("POST", url, form={"Status": "draft"}, headers={"Emulator-Console-User": person}).status_code == 200
    )
    assert flow.fetch().author_sid == person
    assert client.monitor.v1.events.list(resource_sid=sid)[0].actor_sid == person
