"""What people get wrong, each with the reason it is here and what the one message has to say."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.stacks.stack import Config, Stack


@dataclass(frozen=True)
class Wrong:
    reason: str
    says: tuple[str, ...]
    """What the message names: the place, what is wrong, and the remedy."""
    settings: Callable[[Config], object] = lambda _: None
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that are set; "" takes one away."""
    prepare: Callable[[Stack], object] = lambda _: None
    """Something else that is wrong about the folder, the store or the stack file."""
    alone: bool = True
    """Whether it has a run of its own. Mistakes of which none follows from another are made in one stack file."""


def minimal() -> Config:
    """The settings that each case adds its mistake to."""
    return {
        "subaccount": {"friendly_name": "Acme errors"},
        "numbers": {"support": {"phone_number": "+12125550100"}},
        "messaging_services": {"alerts": {"discard_inbound": True}},
    }


def number(name: str, **fields: object) -> Callable[[Config], object]:
    return lambda config: config["numbers"].update({name: {"search": {"country": "US"}} | fields})


def services(**declared: Config) -> Callable[[Config], object]:
    return lambda config: config["messaging_services"].update(declared)


def flow(text: str | None, name: str = "wrong") -> Callable[[Stack], object]:
    """Declare a flow whose file holds `text`, or is not there."""

    def prepare(stack: Stack) -> None:
        path: Path = stack.folder / "studio" / f"{name}.json"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text, encoding="utf-8")
        stack.edit(lambda config: config.setdefault("studio_flows", {}).update({name: {"file": f"studio/{name}.json"}}))

    return prepare


def trigger(next_widget: str = "", description: str = "d") -> str:
    """A flow of one widget, as JSON."""
    transition = {"event": "incomingCall"} | ({"next": next_widget} if next_widget else {})
    widget = {"name": "Trigger", "type": "trigger", "properties": {}, "transitions": [transition]}
    return json.dumps({"description": description, "initial_state": "Trigger", "flags": {}, "states": [widget]})


def key_in(store: Config) -> Callable[[Config], object]:
    return lambda config: config.update(secrets=store, keys={"api": {}})


def with_file(text: str) -> Callable[[Stack], object]:
    return lambda stack: (stack.folder / f"Pulumi.{stack.name}.yaml").write_text(text, encoding="utf-8")


def somebody_elses_document(stack: Stack) -> None:
    assert stack.documents
    stack.documents.write("taken/by-others", {"password": "not ours"})
    stack.edit(key_in({"aws": {"region": "us-east-1"}, "document": "taken/by-others"}))


def standard_key(stack: Stack) -> None:
    main = stack.main()
    key = main.post(main.accounts(f"/{stack.twilio.account_sid}/Keys"), FriendlyName="ci").json()
    stack.environment |= {"TWILIO_API_KEY": key["sid"], "TWILIO_API_SECRET": key["secret"]}
    stack.environment.pop("TWILIO_AUTH_TOKEN")


def active_profile(stack: Stack) -> None:
    """Twilio's CLI has a profile on this machine, and it is the one that works."""
    main = stack.main()
    key = main.post(main.accounts(f"/{stack.twilio.account_sid}/Keys"), FriendlyName="cli").json()
    profile = {"accountSid": stack.twilio.account_sid, "apiKey": key["sid"], "apiSecret": key["secret"]}
    file = stack.home / ".twilio-cli" / "config.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"profiles": {"acme": profile}, "activeProfile": "acme"}), encoding="utf-8")


def a_secret(stack: Stack) -> None:
    stack.pulumi("config", "set", "--secret", "twilio:auth_token", "0" * 32)


NOWHERE = "http://127.0.0.1:9"

WRONG = [
    # -- credentials and where Twilio is
    Wrong(
        "a wrong token is the first thing that happens to anybody",
        ("did not accept these credentials", "20003", "Check that SID and secret"),
        environment={"TWILIO_AUTH_TOKEN": "0" * 32},
    ),
    Wrong(
        "nothing is set on a fresh machine",
        ("no Twilio credentials", "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
        environment={"TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": ""},
    ),
    Wrong(
        "production on whichever profile happens to be active",
        ("This stack is production", "the active profile acme of the Twilio CLI", "--profile"),
        settings=lambda config: config.update(production=True),
        environment={"TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": ""},
        prepare=active_profile,
    ),
    Wrong(
        "an API key cannot create subaccounts, and Twilio answers as to a wrong password",
        ("an API key", "Set TWILIO_AUTH_TOKEN"),
        prepare=standard_key,
    ),
    Wrong(
        "a hostname with a region and no edge is dead",
        ("twilio:region", "set both"),
        settings=lambda config: config.update(region="ie1"),
    ),
    Wrong(
        "credentials must not go anywhere in clear",
        ("plain http on another machine", "Use https"),
        environment={"TWILIO_ENDPOINT": "http://twilio.example.com"},
    ),
    Wrong(
        "a stack file sends credentials nowhere",
        ("twilio:endpoint: is not an emulator on this machine", "set TWILIO_ENDPOINT"),
        settings=lambda config: config.update(endpoint="https://twilio.example.com"),
    ),
    Wrong(
        "nor to a Vault of its own",
        ("twilio:secrets: Vault at https://vault.example.net is named by a file", "Set VAULT_ADDR to it"),
        settings=lambda config: config.update(secrets={"vault": {"address": "https://vault.example.net"}}),
        environment={"VAULT_ADDR": "https://vault.example.com", "VAULT_TOKEN": "none"},
    ),
    # -- the stack file
    Wrong(
        "a new stack begins with an empty file",
        ("subaccount: is missing", "start with twilio:subaccount"),
        prepare=with_file(""),
    ),
    Wrong(
        "a misspelt section would otherwise be nothing at all",
        ("twilio:mesaging_services", "did you mean messaging_services?"),
        settings=lambda config: config.update(mesaging_services={}),
        alone=False,
    ),
    Wrong(
        "a number as it is written at home",
        ("twilio:numbers.home.phone_number", "E.164", "such as"),
        settings=lambda config: config["numbers"].update(home={"phone_number": "(212) 555-0100"}),
        alone=False,
    ),
    Wrong(
        "Verify takes five digits for a phone number, and says so only after the service was to be made",
        ("twilio:verify_services.login.friendly_name", "digits"),
        settings=lambda config: config.update(verify_services={"login": {"friendly_name": "Acme 12345"}}),
        alone=False,
    ),
    Wrong(
        "a name that does not fit",
        ("twilio:messaging_services.long.friendly_name", "64"),
        settings=services(long={"discard_inbound": True, "friendly_name": "é" * 65}),
        alone=False,
    ),
    Wrong(
        "a number can be in one pool only",
        ("messaging_services.more.senders.numbers", "is also in the pool of", "alerts", "keep"),
        settings=services(
            alerts={"discard_inbound": True, "senders": {"numbers": ["support"]}},
            more={"discard_inbound": True, "senders": {"numbers": ["support"]}},
        ),
        alone=False,
    ),
    Wrong(
        "a secret in the stack file would be in the state, and the engine decrypts it for everybody",
        ("twilio:auth_token", "stack files contain none", "environment"),
        prepare=a_secret,
    ),
    # -- webhooks
    Wrong(
        "no encryption",
        ("numbers.plain.voice_url", "is not https"),
        settings=number("plain", voice_url="http://example.com/voice"),
        alone=False,
    ),
    Wrong(
        "Twilio cannot reach it",
        ("numbers.private.voice_url", "cannot reach", "use a public one"),
        settings=number("private", voice_url="https://10.1.2.3/voice"),
        alone=False,
    ),
    Wrong(
        "credentials in a URL stand in Twilio's logs and in our state",
        ("numbers.open.voice_url", "contains credentials", "X-Twilio-Signature"),
        settings=number("open", voice_url="https://user:word@example.com/voice"),
        alone=False,
    ),
    # -- where a run may go, and what it may buy
    Wrong(
        "a variable that was left over from another project would move the environment",
        ("region (from TWILIO_REGION)", "allowed by twilio:limits regions: us1", "guard rail regions"),
        settings=lambda config: config.update(limits={"regions": ["us1"]}),
        environment={"TWILIO_REGION": "ie1", "TWILIO_EDGE": "dublin"},
    ),
    Wrong(
        "a list that was copied once too often is billed every month",
        ("This run would buy at least 2 phone numbers", "1 are allowed", "support", "guard rail purchases"),
        settings=lambda config: config.update(
            limits={"purchases": 1},
            numbers={"support": {"phone_number": "+12125550100"}, "more": {"search": {"country": "US"}}},
        ),
    ),
    Wrong(
        "what Twilio sells nowhere in a country is found before anything is made",
        ("Twilio sells no toll_free numbers in DE", "one of its types there: local, mobile"),
        settings=number("german", search={"country": "DE", "type": "toll_free"}),
    ),
    Wrong(
        "messages that a service leaves to a number without a webhook reach nobody",
        ("twilio:numbers.silent.sms_url", "those to this one would reach nobody", "discard_inbound: true"),
        settings=lambda config: (
            number("silent")(config),
            services(marketing={"use_inbound_webhook_on_number": True, "senders": {"numbers": ["silent"]}})(config),
        ),
        alone=False,
    ),
    Wrong(
        "a host that DNS cannot have",
        ("twilio:numbers.dots.voice_url", "a host with an empty part"),
        settings=number("dots", voice_url="https://a..example.com/voice"),
        alone=False,
    ),
    Wrong(
        "a filter that demands leaves nothing out",
        ("twilio:numbers.mute.search.sms_enabled", "cannot be false"),
        settings=number("mute", search={"country": "US", "sms_enabled": False}),
        alone=False,
    ),
    # -- flows
    Wrong(
        "a file that is not there",
        ("twilio:studio_flows.absent.file", "give the path"),
        prepare=flow(None, "absent"),
        alone=False,
    ),
    Wrong(
        "an export that was cut off",
        ("twilio:studio_flows.cut.file", "is not JSON (line 1", "export the flow again"),
        prepare=flow('{"states": [', "cut"),
        alone=False,
    ),
    Wrong(
        "a definition that Studio refuses, found before anything is made",
        ("transition to unknown widget 'nowhere'", "81022", "Correct it where Studio says"),
        prepare=flow(trigger("nowhere")),
    ),
    Wrong(
        "a placeholder for what is not declared would be sent as it stands",
        ("numbers.suport.sid", "did you mean numbers.support.sid?"),
        prepare=flow(trigger(description="${numbers.suport.sid}"), "misspelt"),
        alone=False,
    ),
    Wrong(
        "each needs the other first",
        ("each of these needs the other to be created first", "numbers.round", "studio_flows.round"),
        settings=number("round", voice_flow="round"),
        prepare=flow(trigger(description="${numbers.round.phone_number}"), "round"),
    ),
    # -- the secret store
    Wrong(
        "AWS is out of reach",
        ("could not be reached", "Check the region"),
        settings=key_in({"aws": {"region": "us-east-1"}}),
        environment={"AWS_ENDPOINT_URL": NOWHERE, "AWS_MAX_ATTEMPTS": "1"},
    ),
    Wrong(
        "Vault is out of reach",
        ("could not be reached", "Check VAULT_ADDR"),
        settings=key_in({"vault": {}}),
        environment={"VAULT_ADDR": NOWHERE, "VAULT_TOKEN": "none"},
    ),
    Wrong(
        "somebody else's document must not be written over",
        ("taken/by-others", "was not created by twilio-environments", "Choose another path"),
        prepare=somebody_elses_document,
    ),
]
