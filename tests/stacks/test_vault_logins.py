"""What a login to Vault may do is held against what a run needs, before anything is made."""

import hvac
import yaml

from tests.rotation.readers import blocks
from tests.rotation.test_docs import PREVIEWS, RUNS


def test_a_preview_takes_the_readers_policy_as_printed_and_a_secret_id_for_one_login_is_refused_in_it(
    new_stack, vault_server_
):
    stack = new_stack("prod")
    root = hvac.Client(url=vault_server_.address, token=vault_server_.token)
    root.sys.create_or_update_policy("preview", blocks("hcl")[PREVIEWS])
    token = root.auth.token.create(policies=["preview"], no_default_policy=True)["auth"]["client_token"]
    owner = stack.environment["VAULT_TOKEN"]
    stack.environment["VAULT_TOKEN"] = token
    stack.preview()

    file = stack.folder / "Pulumi.prod.yaml"
    declared = yaml.safe_load(file.read_text())
    declared["config"]["twilio:secrets"]["vault"] |= {"auth": {"method": "approle"}}
    file.write_text(yaml.safe_dump(declared))
    root.sys.enable_auth_method("approle")
    root.sys.create_or_update_policy("run", blocks("hcl")[RUNS])
    root.auth.approle.create_or_update_approle("run", token_policies=["run"], secret_id_num_uses=1)
    for _ in range(2):
        stack.environment |= {
            "VAULT_ROLE_ID": root.auth.approle.read_role_id("run")["data"]["role_id"],
            "VAULT_SECRET_ID": root.auth.approle.generate_secret_id("run")["data"]["secret_id"],
        }
        run = stack.pulumi("up", "--yes", fails=None)
        if run.code == 0:
            break
        assert "was used up by this preview" in run.output
        made = [call for call in stack.twilio.calls if call.method != "GET" and not call.path.endswith("/Validate")]
        assert made == []
        root.auth.approle.create_or_update_approle("run", token_policies=["run"], secret_id_num_uses=0)
    assert run.code == 0, str(run)
    stack.preview("--expect-no-changes")
    stack.environment["VAULT_TOKEN"] = owner
