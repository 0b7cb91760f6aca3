"""Thousands of hostile files: no byte of a credential leaves for a host that the run's environment did not name."""

import os

import pytest

from tests import figures
from tests.rotation.canaries import search
from tests.settings.stack_file import ACCOUNT as PLAIN
from tests.settings.stack_file import as_pulumi
from tests.trust.faces import SID, credentials, recorded
from tests.trust.generator import ACCOUNT, NAMESPACE, THIEF, Generator, flows
from twilio_environments.settings import SettingsProblem, load

SEEDS = range(80 if os.environ.get("TWILIO_ENVIRONMENTS_LONG") else 8)
STACKS, FLOWS = 40, 250
"""Files for each seed."""


@pytest.mark.parametrize("seed", SEEDS)
def test_no_stack_file_and_no_record_sends_a_credential_astray(run, hosts, seed, record_property):
    ports = {name: hosts.port(name) for name in ("twilio.here", "vault.here")}
    generator = Generator(seed, ports, hosts.variables["SSL_CERT_FILE"])
    leaks = []
    tried = set()
    for number in range(STACKS):
        case, canaries = generator.case(), credentials()
        hosts.forget()
        run.write(case.config, {})
        if case.text:
            run.text(case.text, {})
        run.record = recorded(case.store)
        run.environment(**canaries, TWILIO_ACCOUNT_SID=SID, **hosts.variables, **case.environment)
        run.everything()
        sent = dict(hosts.places())
        tried |= set(sent)
        strangers = [(place, told) for place, told in sent.items() if not case.names(place.removeprefix("host "))]
        leaks += [f"{seed}/{number}: {hit}" for hit in search(strangers, canaries)[1]]
        theirs = (ACCOUNT.encode(), f"Namespace: {NAMESPACE}".encode())
        leaks += [
            f"{seed}/{number}: {place}, as another's"
            for place, told in sent.items()
            if any(one in told for one in theirs)
        ]
    record_property(figures.COUNTED, ("trust", {"files": STACKS, "leaks": len(leaks)}))
    assert leaks == []
    assert {"host vault.example.com", "host api.twilio.com"} <= tried, "nothing was sent to whom it may be sent"


@pytest.mark.parametrize("seed", SEEDS)
def test_no_flow_file_leads_past_the_hosts_that_are_allowed(tmp_path, seed, record_property):
    config = as_pulumi(
        PLAIN + "twilio:local: true\ntwilio:limits: {webhook_hosts: [hooks.example.com]}\n"
        "twilio:studio_flows: {ivr: {file: ivr.json}}"
    )
    leaks = []
    for number, text in enumerate(flows(seed, FLOWS)):
        (tmp_path / "ivr.json").write_text(text, encoding="utf-8")
        try:
            load(config, project="acme", stack="qa", root=tmp_path)
        except SettingsProblem as problem:
            said = [one.what for one in problem.mistakes if 'widget "hostile"' in one.what]
            if any(THIEF in one or "only known when the flow runs" in one for one in said):
                continue
        leaks.append(f"{seed}/{number}: {text}")
    record_property(figures.COUNTED, ("trust", {"files": FLOWS, "leaks": len(leaks)}))
    assert leaks == []
