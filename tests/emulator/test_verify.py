import pytest

from tests.emulator.sdk import example_sid, refusal
from tests.emulator.wire import code, sdk


@pytest.fixture
def services(twilio):
    return sdk(twilio).verify.v2.services


@pytest.fixture
def service(services):
    return services(services.create(friendly_name="Owl Bank").sid)


def test_a_service_made_with_a_name_alone_has_the_documented_defaults(services):
    service = services(services.create(friendly_name="Owl Bank").sid).fetch()
    assert (service.code_length, service.dtmf_input_required, service.lookup_enabled) == (6, True, False)
    assert service.totp == {"issuer": "Owl Bank", "time_step": 30, "code_length": 6, "skew": 1}
    assert service.push == {"include_date": False, "apn_credential_sid": None, "fcm_credential_sid": None}
    assert (service.tts_name, service.default_template_sid) == (None, None)


def test_dotted_parameters_come_back_nested(services):
    credential, pool = example_sid("CR"), example_sid("MG")
    service = services.create(
        friendly_name="Owl Bank",
        code_length=4,
        lookup_enabled=True,
        skip_sms_to_landlines=True,
        dtmf_input_required=False,
        tts_name="Polly",
        psd2_enabled=True,
        do_not_share_warning_enabled=True,
        custom_code_enabled=True,
        default_template_sid=example_sid("HJ"),
        verify_event_subscription_enabled=True,
        push_include_date=True,
        push_apn_credential_sid=credential,
        totp_issuer="Owl",
        totp_time_step=60,
        totp_code_length=8,
        totp_skew=0,
        whatsapp_msg_service_sid=pool,
        whatsapp_from="whatsapp:+15105550100",
        passkeys_relying_party_id="example.com",
        passkeys_relying_party_name="Example",
        passkeys_relying_party_origins="login.example.com, www.example.com",
        passkeys_authenticator_attachment="platform",
        passkeys_discoverable_credentials="preferred",
        passkeys_user_verification="required",
    )
    assert service.push == {"include_date": True, "apn_credential_sid": credential, "fcm_credential_sid": None}
    assert service.totp == {"issuer": "Owl", "time_step": 60, "code_length": 8, "skew": 0}
    assert service.whatsapp == {"msg_service_sid": pool, "from": "whatsapp:+15105550100"}
    assert service.passkeys == {
        "relying_party": {
            "id": "example.com",
            "name": "Example",
            "origins": ["login.example.com", "www.example.com"],
        },
        "authenticator_attachment": "platform",
        "discoverable_credentials": "preferred",
        "user_verification": "required",
    }


def test_an_update_changes_what_is_sent_and_clears_what_is_empty(services):
    sid = services.create(friendly_name="Owl Bank", tts_name="Polly", code_length=4, totp_skew=2).sid
    services(sid).update(tts_name="", totp_skew=0, friendly_name="Owl")
    service = services(sid).fetch()
    assert (service.tts_name, service.code_length, service.totp["skew"]) == (None, 4, 0)
    assert (service.friendly_name, service.totp["issuer"]) == ("Owl", "Owl")


def test_services_do_not_share_their_nested_settings(services):
    first, second = services.create(friendly_name="one"), services.create(friendly_name="two")
    services(first.sid).update(totp_skew=2)
    assert services(second.sid).fetch().totp["skew"] == 1


BAD = [
    ("five digits", {"friendly_name": "bank 12345"}),
    ("a dot", {"friendly_name": "owl.bank"}),
    ("31 characters", {"friendly_name": "x" * 31}),
    ("a code of three", {"code_length": 3}),
    ("a code of eleven", {"code_length": 11}),
    ("a code of letters", {"code_length": "six"}),
    ("a boolean is yes or no", {"lookup_enabled": "maybe"}),
    ("landlines need lookup", {"skip_sms_to_landlines": True}),
    ("a step of a second", {"totp_time_step": 1}),
    ("a TOTP code of nine", {"totp_code_length": 9}),
    ("a skew of three", {"totp_skew": 3}),
    ("a malformed template", {"default_template_sid": "HJ1"}),
    ("a malformed credential", {"push_apn_credential_sid": "CR1"}),
    ("an unknown attachment", {"passkeys_authenticator_attachment": "glue"}),
    ("an unknown preference", {"passkeys_user_verification": "perhaps"}),
]


@pytest.mark.parametrize(("reason", "parameters"), BAD)
def test_a_bad_value_is_60200_and_nothing_is_kept(services, reason, parameters):
    assert refusal(lambda: services.create(**{"friendly_name": "Owl Bank", **parameters})) == (400, 60200), reason
    assert services.list() == []


def test_four_digits_and_thirty_characters_are_a_good_name(services):
    assert services.create(friendly_name="bank 1234").sid
    assert services.create(friendly_name="x" * 30).sid


def test_the_status_of_validation_errors_is_a_switch(services, twilio):
    twilio.switches.validation_status = 422
    assert refusal(lambda: services.create(friendly_name="12345")) == (422, 60200)


def test_a_service_needs_a_name(wire):
    assert code(wire.post("https://verify.twilio.com/v2/Services")) == (400, 20001)


def test_a_deleted_service_is_gone_with_its_parts(services, service, twilio):
    limit = service.rate_limits.create(unique_name="ip").sid
    service.rate_limits(limit).buckets.create(max=5, interval=60)
    service.messaging_configurations.create(country="all", messaging_service_sid=example_sid("MG"))
    assert service.delete()
    assert refusal(service.fetch) == (404, 20404)
    assert refusal(service.delete) == (404, 20404)
    assert services.list() == []
    assert twilio.state.table("verify_buckets").rows() == []


def test_verify_leaves_no_events(service, twilio):
    sid = service.fetch().sid
    service.update(code_length=4)
    assert [event for event in sdk(twilio).monitor.v1.events.list() if event.resource_sid == sid] == []


def test_a_rate_limit_keeps_its_name(service):
    sid = service.rate_limits.create(unique_name="end-user.ip_1", description="by address").sid
    limit = service.rate_limits(sid).update(description="")
    assert (limit.unique_name, limit.description) == ("end-user.ip_1", None)
    assert [limit.sid for limit in service.rate_limits.list()] == [sid]
    assert service.rate_limits(sid).delete()
    assert refusal(lambda: service.rate_limits(sid).fetch()) == (404, 20404)


def test_rate_limits_are_few_distinct_and_well_named(service, twilio):
    twilio.switches.verify_rate_limit_maximum = 1
    assert refusal(lambda: service.rate_limits.create(unique_name="a b")) == (400, 60209)
    service.rate_limits.create(unique_name="ip")
    assert refusal(lambda: service.rate_limits.create(unique_name="ip")) == (400, 60208)
    assert refusal(lambda: service.rate_limits.create(unique_name="user")) == (400, 60207)


def test_a_bucket_is_changed_and_removed(service):
    buckets = service.rate_limits(service.rate_limits.create(unique_name="ip").sid).buckets
    sid = buckets.create(max=5, interval=60).sid
    assert buckets(sid).update(max=7).interval == 60
    assert buckets(sid).fetch().max == 7
    assert [bucket.sid for bucket in buckets.list()] == [sid]
    assert buckets(sid).delete()
    assert buckets.list() == []


def test_buckets_are_few_and_of_distinct_intervals(service, twilio):
    twilio.switches.verify_bucket_maximum = 2
    buckets = service.rate_limits(service.rate_limits.create(unique_name="ip").sid).buckets
    buckets.create(max=5, interval=60)
    assert refusal(lambda: buckets.create(max=9, interval=60)) == (400, 60211)
    hourly = buckets.create(max=9, interval=3600).sid
    assert refusal(lambda: buckets(hourly).update(interval=60)) == (400, 60211)
    assert refusal(lambda: buckets.create(max=9, interval=86400)) == (400, 60210)
    assert refusal(lambda: buckets(hourly).update(max=0)) == (400, 60200)


def test_a_bucket_needs_its_rate_limit(service):
    missing = service.rate_limits(example_sid("RK")).buckets
    assert refusal(lambda: missing.create(max=5, interval=60)) == (404, 20404)


def test_a_messaging_configuration_goes_by_its_country(service):
    configurations = service.messaging_configurations
    configurations.create(country="CA", messaging_service_sid=example_sid("MG", 1))
    configurations.create(country="all", messaging_service_sid=example_sid("MG", 2))
    assert configurations("CA").update(messaging_service_sid=example_sid("MG", 3)).country == "CA"
    assert configurations("CA").fetch().messaging_service_sid == example_sid("MG", 3)
    again = {"country": "CA", "messaging_service_sid": example_sid("MG", 1)}
    assert refusal(lambda: configurations.create(**again)) == (400, 60213)
    assert refusal(lambda: configurations.create(**{**again, "country": "Canada"})) == (400, 60200)
    assert refusal(lambda: configurations("CA").update(messaging_service_sid="MG1")) == (400, 60200)
    assert configurations("CA").delete()
    assert [configuration.country for configuration in configurations.list()] == ["all"]


def test_a_webhook_is_kept_changed_and_deleted(service):
    webhook = service.webhooks.create(
        "factors", ["factor.verified", "challenge.approved"], "https://example.com/verify"
    )
    assert (webhook.status, webhook.version, webhook.webhook_method) == ("enabled", "v2", "POST")
    changed = service.webhooks(webhook.sid).update(status="disabled", event_types=["*"])
    assert (changed.status, changed.event_types, changed.friendly_name) == ("disabled", ["*"], "factors")
    assert [webhook.sid for webhook in service.webhooks.list()] == [webhook.sid]
    assert service.webhooks(webhook.sid).delete()
    assert refusal(lambda: service.webhooks(webhook.sid).fetch()) == (404, 20404)


@pytest.mark.parametrize(
    ("reason", "parameters"),
    [
        ("SMS verifications have no webhook", {"event_types": ["verification.approved"]}),
        ("not a URL", {"webhook_url": "example.com"}),
        ("an unknown status", {"status": "asleep"}),
    ],
)
def test_a_bad_webhook_is_60200(service, reason, parameters):
    good = {"friendly_name": "factors", "event_types": ["*"], "webhook_url": "https://example.com"}
    assert refusal(lambda: service.webhooks.create(**{**good, **parameters})) == (400, 60200), reason
