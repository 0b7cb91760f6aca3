"""Messaging Services, their sender pools, and US A2P."""

from twilio_environments.explain.entry import Entry

ENTRIES = (
    Entry(
        21669,
        "Regions differ",
        "The number's messaging region is not the service's",
        "Use a number and a service of the same region.",
    ),
    Entry(
        21701,
        "No such service",
        "There is no such Messaging Service in this account",
        "Refresh, so that it is created again; check the SID (MG…) and the account.",
    ),
    Entry(
        21703,
        "No suitable sender",
        "No sender of the service suits the message",
        "Add one that does.",
        when=("sending",),
    ),
    Entry(
        21704, "No sender", "The Messaging Service has no senders", "Add at least one number to it.", when=("sending",)
    ),
    Entry(
        21705,
        "Service SID not valid",
        "The SID of the Messaging Service is not valid",
        "Use MG and 32 hexadecimal digits.",
    ),
    Entry(
        21709,
        "Alpha sender not accepted",
        "The alphanumeric sender is not valid, or alphanumeric senders are not enabled for the account",
        "Use at most 11 letters, digits, spaces or -_+& with at least one letter; ask Twilio's support to enable them.",
    ),
    Entry(
        21710,
        "Already in this service",
        "The sender is already in this Messaging Service",
        "Nothing has to be done.",
        not_this="It is a success in disguise; a real conflict is 21712.",
    ),
    Entry(
        21711,
        "Not in this service",
        "The sender is not in this Messaging Service",
        "If it was to be removed, nothing has to be done.",
    ),
    Entry(
        21712,
        "In another service",
        "The sender is in another Messaging Service",
        "Remove it there first: a sender can be in only one service.",
    ),
    Entry(
        21713,
        "Use case not valid",
        "This is not a use case of a Messaging Service",
        "Use notifications, marketing, verification, discussion, poll or undeclared.",
    ),
    Entry(
        21714,
        "Pool full",
        "The Messaging Service has reached its limit of senders (400 by default)",
        "Use a second service, or ask Twilio's support to raise the limit.",
    ),
    Entry(
        21715,
        "Capability missing",
        "The number cannot send SMS or MMS",
        "Use a number with that capability.",
    ),
    Entry(
        21717,
        "Brand not registered",
        "The A2P brand is not registered",
        "Finish the registration of the brand (BN…) first.",
    ),
    Entry(
        21719,
        "Use case not compatible",
        "The use case does not fit the service's A2P campaign",
        "Use the campaign's use case, or none.",
    ),
    Entry(21720, "A2P use case not valid", "This is not an A2P use case", "Use one the brand qualifies for."),
    Entry(21727, "A2P parameters missing", "The A2P campaign lacks parameters", "Add the named parameters."),
    Entry(
        21728,
        "A2P length",
        "A text of the A2P campaign is too short or too long",
        "Keep to 40-4096 characters for the description, 40-2048 for the message flow, 20-1024 for a sample.",
    ),
    Entry(
        30032,
        "Toll-free number not verified",
        "The toll-free number is not verified, so its messages are blocked",
        "Submit its verification in the Console.",
        when=("sending",),
    ),
    Entry(
        30034,
        "Number not registered for A2P",
        "The number is in no A2P campaign, so its US messages are blocked",
        "Add it to a Messaging Service that has an approved campaign; that takes effect after hours or days.",
        not_this="It is not filtering of the content: that is 30007.",
        when=("sending",),
    ),
    Entry(
        30035,
        "Registration in progress",
        "The number is still being registered for A2P",
        "Wait; it may take days.",
        "later",
        when=("sending",),
    ),
)
