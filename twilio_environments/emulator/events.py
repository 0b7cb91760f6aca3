"""Monitor's events: a change writes one here, and `resources/monitor.py` lists them."""

from collections.abc import Mapping

from .messages import Call


def event(
    call: Call,
    event_type: str,
    resource_type: str,
    resource_sid: str,
    changed: Mapping[str, tuple[object, object]] | None = None,
    *,
    account_sid: str | None = None,
) -> None:
    """Record a Monitor event: who did what to which resource, and the old and new value of each changed field.

    The actor is the account whose credential made the call; a key is not named, because Twilio does not promise it.
    `account_sid` is the account whose log it goes to, by default the one acted on. `changed` must not hold a secret.
    """
    sid = call.state.new_sid("AE")
    account_sid = account_sid or call.account_sid
    if call.console_user is None:
        actor_sid = call.actor.sid if call.switches.event_names_key else call.actor.account_sid
        actor_type, source = "account", "api"
    else:
        actor_sid, actor_type, source = call.console_user, "user", "web"
    data = {name: {"previous": old, "updated": new} for name, (old, new) in (changed or {}).items()}
    call.state.table("events").insert(
        sid,
        {
            "account_sid": account_sid,
            "actor_sid": actor_sid,
            "actor_type": actor_type,
            "description": None,
            "event_data": data or None,
            "event_date": call.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "event_type": event_type,
            "links": {
                "actor": f"https://api.twilio.com/2010-04-01/Accounts/{call.actor.account_sid}",
                "resource": call.base + call.path,
            },
            "resource_sid": resource_sid,
            "resource_type": resource_type,
            "sid": sid,
            "source": source,
            "source_ip_address": call.source_ip,
            "url": f"https://monitor.twilio.com/v1/Events/{sid}",
        },
    )
