import pytest

from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import Endpoint, endpoint_from


@pytest.mark.parametrize(
    ("endpoint", "product", "host"),
    [
        (Endpoint(), "api", "api.twilio.com"),
        (Endpoint(), "verify", "verify.twilio.com"),
        (Endpoint(region="ie1", edge="dublin"), "api", "api.dublin.ie1.twilio.com"),
        (Endpoint(region="us1", edge="ashburn"), "verify", "verify.ashburn.us1.twilio.com"),
        (Endpoint(url="http://127.0.0.1:1", region="au1", edge="sydney"), "studio", "studio.sydney.au1.twilio.com"),
    ],
)
def test_a_host_has_region_and_edge_or_neither(endpoint, product, host):
    assert endpoint.host(product) == host


@pytest.mark.parametrize("product", ["verify", "iam", "accounts", "pricing"])
def test_what_only_us1_has_is_refused_elsewhere(product):
    with pytest.raises(Problem, match=f"{product} API is only available in us1"):
        Endpoint(region="ie1", edge="dublin").host(product)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"region": "ie1"}, "region is set without edge"),
        ({"edge": "dublin"}, "edge is set without region"),
        ({"region": "ie1.example.org/", "edge": "dublin"}, "region is not valid"),
        ({"region": "ie1", "edge": "example.org#"}, "edge is not valid"),
        ({"region": "dublin", "edge": "ie1"}, "region is not valid"),
        ({"endpoint": "http://example.org"}, "plain http on another machine"),
        ({"endpoint": "http://127.0.0.1.example.org"}, "plain http on another machine"),
        ({"endpoint": "http://localhost@example.org"}, "more than a scheme, host and port"),
        ({"endpoint": "http://user@127.0.0.1"}, "more than a scheme, host and port"),
        ({"endpoint": "http://127.0.0.1/x"}, "more than a scheme, host and port"),
        ({"endpoint": "http://127.0.0.1?x"}, "more than a scheme, host and port"),
        ({"endpoint": "http://127.0.0.1:port"}, "not a URL"),
        ({"endpoint": "http://[::1"}, "not a URL"),
        ({"endpoint": "127.0.0.1:8080"}, "not an http or https URL"),
        ({"endpoint": "ftp://127.0.0.1"}, "not an http or https URL"),
        ({"endpoint": "https://"}, "not an http or https URL"),
    ],
)
def test_an_endpoint_that_would_send_the_credentials_astray_is_refused(given, what):
    with pytest.raises(Problem, match=what) as caught:
        endpoint_from(given, {})
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("config", "environ", "expected"),
    [
        ({}, {}, Endpoint()),
        ({"region": "ie1", "edge": "dublin"}, {}, Endpoint(region="ie1", edge="dublin")),
        (
            {"region": "ie1", "edge": "dublin"},
            {"TWILIO_REGION": "au1", "TWILIO_EDGE": "sydney"},
            Endpoint(region="au1", edge="sydney"),
        ),
        (
            {"endpoint": "http://127.0.0.1:1"},
            {"TWILIO_ENDPOINT": "http://localhost:2"},
            Endpoint(url="http://localhost:2"),
        ),
        ({"endpoint": "http://[::1]:1"}, {"TWILIO_ENDPOINT": ""}, Endpoint(url="http://[::1]:1")),
    ],
)
def test_the_environment_comes_before_the_configuration(config, environ, expected):
    assert endpoint_from(config, environ) == expected


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        (None, False),
        ("http://127.0.0.1:1", True),
        ("https://localhost", True),
        ("http://[::1]", True),
        ("https://example.org", False),
    ],
)
def test_only_this_machine_is_loopback(url, loopback):
    assert Endpoint(url=url).loopback == loopback
