"""Which job gets what: the roles and policies of docs/pipelines.md in a real Vault, against jobs that lie."""

import hvac
import pytest

from tests.pipelines.hosts import HostStandIn
from tests.pipelines.trust import claims_of, roles, trusting

ROLES = list(roles())
ELSEWHERE = {
    "github": {
        "another repository of that name": {"repository_id": "987654321"},
        "another branch": {"ref": "refs/heads/feature"},
        "a tag called as the branch": {"ref": "refs/tags/main"},
        "a branch called as the branch's end": {"ref": "refs/heads/x/refs/heads/main"},
        "another environment": {"environment": "prod-preview"},
    },
    "gitlab": {
        "another project of that path": {"project_id": "4"},
        "another branch": {"ref": "feature", "ref_protected": "false"},
        "another protected branch": {"ref": "release"},
        "a tag called as the branch": {"ref_type": "tag"},
        "another environment": {"environment": "prod-preview"},
    },
}


@pytest.fixture(scope="module")
def vault(vault_server_):
    host = HostStandIn()
    trusting(vault_server_, host)
    root = hvac.Client(url=vault_server_.address, token=vault_server_.token)
    for path in ("prod/twilio", "ci/prod", "ci/prod-preview", "ci/prod-review"):
        root.secrets.kv.v2.create_or_update_secret(path, {"api_secret": "x"}, mount_point="secret")

    def login(role, claims):
        client = hvac.Client(url=vault_server_.address)
        client.auth.jwt.jwt_login(role, host.signed(claims, vault_server_.address))
        return client

    return login


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_is_given_to_its_own_jobs_and_to_no_other(vault, role):
    own = claims_of(role.host, role.environment)
    assert vault(role.name, own).token
    of_request = role.environment.endswith("-request")
    for what, lie in ELSEWHERE[role.host].items():
        if not (of_request and "branch" in what and role.host == "gitlab"):  # there a request is of any branch
            with pytest.raises(hvac.exceptions.VaultError):
                vault(role.name, own | lie)
    for other in ROLES:
        if other.host == role.host and other != role:
            with pytest.raises(hvac.exceptions.VaultError):
                vault(role.name, claims_of(other.host, other.environment))


@pytest.mark.parametrize(
    "role", [one for one in ROLES if one.environment.endswith("-request")], ids=lambda role: role.name
)
def test_the_author_of_a_request_cannot_choose_the_environment(vault, role):
    lie = claims_of(role.host, role.environment)
    for other in ROLES:
        if other.host == role.host and other != role:
            with pytest.raises(hvac.exceptions.VaultError):
                vault(other.name, lie | {"environment": other.environment, "environment_protected": "true"})


MAY = {
    # policy: what it may read, beside what it may not
    "twilio-prod": {"prod/twilio", "ci/prod"},
    "twilio-prod-review": {"prod/twilio", "ci/prod-review"},
    "twilio-prod-preview": {"ci/prod-preview"},
}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_may_do_what_its_jobs_need_and_no_more(vault, role):
    kv = vault(role.name, claims_of(role.host, role.environment)).secrets.kv.v2
    kv.read_secret_metadata("prod/twilio", mount_point="secret")
    for path in ("prod/twilio", "ci/prod", "ci/prod-preview", "ci/prod-review"):
        if path in MAY[role.policy]:
            kv.read_secret_version(path, mount_point="secret", raise_on_deleted_version=True)
        else:
            with pytest.raises(hvac.exceptions.Forbidden):
                kv.read_secret_version(path, mount_point="secret", raise_on_deleted_version=True)
    for change in (
        lambda path: kv.create_or_update_secret(path, {"a": "b"}, mount_point="secret"),
        lambda path: kv.update_metadata(path, max_versions=1, mount_point="secret"),
        lambda path: kv.delete_latest_version_of_secret(path, mount_point="secret"),
        lambda path: kv.destroy_secret_versions(path, [1], mount_point="secret"),
        lambda path: kv.delete_metadata_and_all_versions(path, mount_point="secret"),
    ):
        for path in ("ci/prod", "ci/prod-preview", "ci/prod-review", "staging/twilio"):
            with pytest.raises(hvac.exceptions.Forbidden):
                change(path)
        if role.policy != "twilio-prod":
            with pytest.raises(hvac.exceptions.Forbidden):
                change("prod/twilio")
