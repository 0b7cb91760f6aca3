"""What a collection gets from its declaration: here trunks and SIP credentials, short, as somebody would add them."""

import pytest

from tests.emulator.wire import Wire, code
from twilio_environments.emulator import Emulator, resource, routing
from twilio_environments.emulator.fields import Field, fitting, flag, missing, refusal, text, url, word
from twilio_environments.emulator.resource import Limit, Resource
from twilio_environments.emulator.routing import ApiError

# -- a declaration, and what follows from it --

TRUNKS = "https://trunking.twilio.com/v1/Trunks"
URL = "https://example.com/hook"


def declare_trunks():
    def record(_call, row, _changes):
        if row["friendly_name"] == "recorded":
            row["recording"]["mode"] = "record-from-ringing"

    def refuse_secure(_call, row):
        if row["secure"]:
            raise ApiError(409, 20409, "in use")

    Resource(
        product="trunking",
        path="/v1/Trunks",
        table="trunks",
        key="trunks",
        prefix="TK",
        fields=(
            Field("FriendlyName", text(64, refusal(20001)), required=missing),
            Field("DisasterRecoveryUrl", url(refusal(21402), empty=None)),
            Field("Secure", flag(default=False)),
            Field("TransferMode", word, default="disable-all"),
            Field("DomainName", word, default=None, write_once=True, taken=lambda *_: ApiError(400, 21248, "taken")),
        ),
        initial={
            **dict.fromkeys(("disaster_recovery_method", "auth_type", "auth_type_set")),
            "transfer_caller_id": "from-transferee",
            "cnam_lookup_enabled": False,
            "symmetric_rtp_enabled": False,
            "recording": {"mode": "do-not-record", "trim": "do-not-trim"},
        },
        links={
            "origination_urls": "OriginationUrls",
            "credential_lists": "CredentialLists",
            "ip_access_control_lists": "IpAccessControlLists",
            "phone_numbers": "PhoneNumbers",
        },
        filters=("FriendlyName", Field("Secure", flag(default=False))),
        event="trunk",
        permission="/twilio/iam/accounts",  # closed to standard keys
        limit=Limit(2, refusal(21244), "too many"),
        rules=record,
        deleting=refuse_secure,
    )


def declare_credentials():
    stem = "/2010-04-01/Accounts/{account_sid}/SIP/CredentialLists"
    lists = Resource(
        product="api",
        path=stem,
        table="credential_lists",
        key="credential_lists",
        prefix="CL",
        fields=(
            Field(
                "FriendlyName",
                text(64, refusal(20001), minimum=1),
                required=missing,
                taken=lambda _call, name: ApiError(400, 21240, f"{name} is there"),
            ),
        ),
        links={"credentials": "Credentials"},
    )
    Resource(
        product="api",
        path=stem + "/{credential_list_sid}/Credentials",
        table="credentials",
        key="credentials",
        prefix="CR",
        parent=lists,
        fields=(
            Field(
                "Username",
                fitting(".{1,32}", refusal(20001), "{parameter} {value}"),
                required=missing,
                write_once=True,
                taken=lambda _call, name: ApiError(400, 21240, f"{name} is there"),
            ),
            Field("Password", word, "_password", required=missing),
        ),
        event="credential",
    )


@pytest.fixture
def declared(monkeypatch):
    """The emulator with these declarations in the place of its own, until the test is over."""
    routes = {
        key: [route for route in value if route.product != "trunking" and "/SIP/" not in route.pattern]
        for key, value in routing._routes.items()
    }
    monkeypatch.setattr(routing, "_routes", routes)
    monkeypatch.setattr(resource, "_resources", [])
    declare_trunks()
    declare_credentials()


@pytest.fixture
def twilio(declared, contract):
    with Emulator() as emulator:
        violations = contract.watch(emulator)
        yield emulator
    assert not violations, "answers that Twilio's OpenAPI documents do not allow:\n" + "\n".join(violations)


def events(wire, sid):
    found = wire.get("https://monitor.twilio.com/v1/Events", ResourceSid=sid).json()["events"]
    return [(event["event_type"], event["event_data"]) for event in found]


def test_a_declared_collection_is_created_listed_read_changed_and_deleted(wire, twilio):
    made = wire.post(TRUNKS, FriendlyName="a")
    trunk = made.json()
    assert made.status_code == 201
    assert (trunk["sid"][:2], trunk["account_sid"], trunk["url"]) == (
        "TK",
        twilio.account_sid,
        f"{TRUNKS}/{trunk['sid']}",
    )
    assert (trunk["transfer_mode"], trunk["secure"], trunk["recording"]["trim"]) == (
        "disable-all",
        False,
        "do-not-trim",
    )
    assert trunk["links"]["phone_numbers"] == f"{trunk['url']}/PhoneNumbers"

    twilio.clock.advance(60)
    changed = wire.post(trunk["url"], DisasterRecoveryUrl=URL).json()
    assert changed == trunk | {"disaster_recovery_url": URL, "date_updated": changed["date_updated"]}
    assert changed["date_updated"] > trunk["date_updated"]
    assert wire.get(trunk["url"]).json() == changed
    assert wire.get(TRUNKS).json()["trunks"] == [changed]

    assert wire.delete(trunk["url"]).status_code == 204
    assert code(wire.get(trunk["url"])) == (404, 20404)
    assert code(wire.delete(trunk["url"])) == (404, 20404)
    assert events(wire, trunk["sid"]) == [
        ("trunk.deleted", None),
        ("trunk.updated", {"disaster_recovery_url": {"previous": None, "updated": URL}}),
        ("trunk.created", None),
    ]


def test_rules_between_fields_fill_in_and_a_row_has_initial_values_of_its_own(wire):
    recorded, other = (wire.post(TRUNKS, FriendlyName=name).json() for name in ("recorded", "other"))

    assert [row["recording"]["mode"] for row in (recorded, other)] == ["record-from-ringing", "do-not-record"]
    assert wire.post(other["url"], FriendlyName="recorded").json()["recording"]["mode"] == "record-from-ringing"


def test_an_empty_value_clears_and_an_omitted_one_stays(wire):
    address = wire.post(TRUNKS, FriendlyName="a", DisasterRecoveryUrl=URL, Secure="true").json()["url"]

    assert wire.post(address, Secure="").json()["disaster_recovery_url"] == URL
    cleared = wire.post(address, DisasterRecoveryUrl="", Secure="").json()
    assert (cleared["disaster_recovery_url"], cleared["secure"]) == (None, False)


def test_what_a_field_demands_is_refused_and_nothing_is_stored(wire):
    assert code(wire.post(TRUNKS)) == (400, 20001)
    assert code(wire.post(TRUNKS, FriendlyName="")) == (400, 20001)
    assert code(wire.post(TRUNKS, FriendlyName="a", DisasterRecoveryUrl="x")) == (400, 21402)
    assert wire.get(TRUNKS).json()["trunks"] == []
    address = wire.post(TRUNKS, FriendlyName="a", DomainName="a.pstn.twilio.com").json()["url"]
    assert code(wire.post(address, DisasterRecoveryUrl="x")) == (400, 21402)
    assert code(wire.post(TRUNKS, FriendlyName="b", DomainName="a.pstn.twilio.com")) == (400, 21248)
    assert len(wire.get(TRUNKS).json()["trunks"]) == 1


def test_what_is_written_once_is_ignored_later_and_does_not_stand_in_its_own_way(wire):
    address = wire.post(TRUNKS, FriendlyName="a", DomainName="a.pstn.twilio.com").json()["url"]
    changed = wire.post(address, FriendlyName="b", DomainName="b.pstn.twilio.com").json()

    assert (changed["friendly_name"], changed["domain_name"]) == ("b", "a.pstn.twilio.com")


def test_a_listing_is_narrowed_and_paged(wire):
    for name, secure in (("a", "true"), ("b", "false")):
        wire.post(TRUNKS, FriendlyName=name, Secure=secure)
    names = lambda **query: [row["friendly_name"] for row in wire.get(TRUNKS, **query).json()["trunks"]]  # noqa: E731

    assert (names(), names(Secure="true"), names(FriendlyName="b"), names(Secure="true", FriendlyName="b")) == (
        ["a", "b"],
        ["a"],
        ["b"],
        [],
    )
    assert names(PageSize=1, Page=1) == ["b"]


def test_a_full_collection_takes_no_more(wire):
    for name in "ab":
        assert wire.post(TRUNKS, FriendlyName=name).status_code == 201
    assert code(wire.post(TRUNKS, FriendlyName="c")) == (400, 21244)


def test_a_deletion_rule_can_refuse(wire):
    trunk = wire.post(TRUNKS, FriendlyName="a", Secure="true").json()
    assert code(wire.delete(trunk["url"])) == (409, 20409)
    assert wire.get(trunk["url"]).status_code == 200
    assert [kind for kind, _ in events(wire, trunk["sid"])] == ["trunk.created"]


def test_what_a_credential_may_follows_from_the_permission(wire, twilio):
    iam = "https://iam.twilio.com/v1/Keys"
    key = wire.post(iam, AccountSid=twilio.account_sid).json()
    policy = '{"allow": ["/twilio/iam/accounts/list"]}'
    restricted = wire.post(iam, AccountSid=twilio.account_sid, KeyType="restricted", Policy=policy).json()
    standard, restricted = (Wire(twilio, (one["sid"], one["secret"])) for one in (key, restricted))

    assert code(standard.get(TRUNKS)) == (401, 20003)
    assert restricted.get(TRUNKS).status_code == 200
    assert code(restricted.post(TRUNKS, FriendlyName="a")) == (403, 70051)


# -- below another collection --


@pytest.fixture
def lists(wire, twilio):
    return wire.accounts(f"/{twilio.account_sid}/SIP/CredentialLists")


def below(wire, lists, name="a"):
    made = wire.post(lists, FriendlyName=name).json()
    return made, "https://api.twilio.com" + made["subresource_uris"]["credentials"]


def test_a_row_below_another_names_it_and_goes_with_it(wire, lists, twilio):
    above, credentials = below(wire, lists)
    made = wire.post(credentials, Username="u", Password="p").json()
    assert made["credential_list_sid"] == above["sid"]
    assert made["uri"] == above["uri"].replace(".json", f"/Credentials/{made['sid']}.json")
    assert wire.get(credentials).json()["credentials"] == [made]

    assert wire.delete("https://api.twilio.com" + above["uri"]).status_code == 204
    assert twilio.state.table("credentials").rows() == []


def test_a_row_is_found_below_its_own_parent_alone_and_nothing_below_a_missing_one(wire, lists):
    (one, credentials), (other, others) = below(wire, lists), below(wire, lists, "b")
    made = "https://api.twilio.com" + wire.post(credentials, Username="u", Password="p").json()["uri"]

    elsewhere = made.replace(one["sid"], other["sid"])
    for call in (wire.get, wire.post, wire.delete):
        assert code(call(elsewhere)) == (404, 20404)
    assert wire.get(others).json()["credentials"] == []
    wire.delete("https://api.twilio.com" + one["uri"])
    for call in (wire.get, wire.post):
        assert code(call(credentials)) == (404, 20404)


def test_a_value_is_taken_beside_it_and_nowhere_else(wire, lists):
    (_, credentials), (_, others) = below(wire, lists), below(wire, lists, "b")
    assert wire.post(credentials, Username="u", Password="p").status_code == 201
    assert code(wire.post(credentials, Username="u", Password="q")) == (400, 21240)
    assert wire.post(others, Username="u", Password="p").status_code == 201


def test_a_value_is_not_taken_by_the_row_itself(wire, lists):
    (one, _), _ = below(wire, lists), below(wire, lists, "b")

    assert wire.post("https://api.twilio.com" + one["uri"], FriendlyName="a").status_code == 200
    assert code(wire.post("https://api.twilio.com" + one["uri"], FriendlyName="b")) == (400, 21240)
    assert wire.post("https://api.twilio.com" + one["uri"], FriendlyName="c").status_code == 200


def test_a_private_column_is_in_no_answer_and_no_event(wire, lists, twilio):
    _, credentials = below(wire, lists)
    made = wire.post(credentials, Username="u", Password="first").json()
    wire.post("https://api.twilio.com" + made["uri"], Password="second")

    assert twilio.state.table("credentials").get(made["sid"])["_password"] == "second"
    assert "password" not in wire.get(credentials).text
    assert events(wire, made["sid"]) == [("credential.updated", None), ("credential.created", None)]
