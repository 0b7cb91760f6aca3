"""What Twilio's public documentation leaves open: one field per question, so that both answers can be tried."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Switches"]


@dataclass
class Switches:
    """The emulator's answers to questions that only a live account settles; the defaults are the likelier answers."""

    # -- accounts and credentials --
    # Twilio's pages disagree: the subaccounts page says a main account's API keys stay in the main account, the CLI
    # page says a Main key works for v2010. False is the stricter reading: what works with it works with the other.
    main_key_reaches_subaccounts: bool = False
    # (HTTP status, code) for a suspended or closed account's own credentials: (401, 20003) or (403, 20403).
    closed_account_answer: tuple[int, int] = (401, 20003)
    # (HTTP status, code) for a change within a suspended or closed account by its parent; the status of 20005 is not
    # published.
    inactive_account_write: tuple[int, int] = (403, 20005)
    # HTTP status of 70051 (a restricted key without the permission): 403 by its meaning, published nowhere.
    permission_denied_status: int = 403
    # HTTP status with which v2010's Keys refuse an account by a policy of Twilio's (20003, "Policy evaluation failed"),
    # while IAM creates standard keys for it; 0: they accept it. Twilio's own CLI handles such accounts; which ones they
    # are is not published.
    v2010_keys_refused: int = 0
    # Keys per account before 70151; Twilio does not publish the number. High enough to be out of the way.
    key_limit: int = 1000
    # Subaccounts per main account before 21480: 1,000 when upgraded, one on a trial account, closed ones not counted.
    subaccount_limit: int = 1000
    trial: bool = False
    # Whether `account.*` events of a child are logged at the child or at its parent: Twilio does not say.
    child_account_events_at_parent: bool = False
    # Twilio promises the account as the actor of an API call, not the key; True tries the friendlier answer.
    event_names_key: bool = False
    # -- numbers --
    # URLs of a number bought without any: "" or Twilio's demo URLs, which the Console used to fill in.
    number_default_urls: str = ""
    # A search with SmsEnabled=false (VoiceEnabled, …): the document only lists the values. False: false demands
    # nothing; True: it leaves out numbers that have the capability.
    search_excludes: bool = False
    # POST for a number the account owns already: "update" applies the parameters, "ignore" returns the number as it is.
    buy_owned_number: Literal["update", "ignore"] = "update"
    # EmergencyAddressSid at purchase: in the parameter list, but registration of the address is asynchronous.
    emergency_address_on_create: bool = True
    # Whether the PN SID survives a transfer between accounts; assumed, not promised.
    transfer_keeps_sid: bool = True
    # What Monitor logs of a transfer, which Twilio does not say: a change of the account in both logs, or nothing.
    transfer_has_events: bool = True
    # -- applications --
    # Twilio's page says that a deleted application's SID is removed from the numbers that name it. True: it stays, as
    # third parties assume.
    numbers_keep_deleted_application: bool = False
    # Whether Monitor logs that change of a number, and so who made it; Twilio does not say.
    deleted_application_has_number_events: bool = False
    # SmsStatusCallback is documented as the deprecated name of MessageStatusCallback, and an answer has both. True:
    # setting one sets both.
    application_status_callbacks_are_one: bool = False
    # -- messaging --
    # Value of a Messaging Service's booleans that are not sent; a Terraform provider declares them all true.
    messaging_boolean_default: bool = True
    # Whether a Messaging Service that carries a US A2P campaign can be deleted: Twilio does not say. True: it can,
    # and the campaign is lost.
    service_with_campaign_deletes: bool = True
    # Adding a sender to a pool: the OpenAPI document allows 200 and 201.
    pool_add_status: Literal[200, 201] = 201
    # HTTP status of the 60200, 70001 and 81022 family; only some have been seen, as 400.
    validation_status: int = 400
    # -- verify: 60207 and 60210 exist, the counts are not published --
    verify_rate_limit_maximum: int = 5
    verify_bucket_maximum: int = 5
    # -- studio --
    # Reads of a flow that are stale (or 404) after a write; reported by a third party, without a number.
    studio_read_lag: int = 0
    # Bytes of a flow definition before 81022; no limit is published, a third party assumes 1 MiB.
    flow_definition_byte_limit: int = 1_048_576
