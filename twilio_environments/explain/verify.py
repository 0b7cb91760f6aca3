"""Verify services and what belongs to them."""

from twilio_environments.explain.entry import Entry

ENTRIES = (
    Entry(
        60200,
        "Parameter not valid",
        "Verify refused a parameter: To takes + and country code, a friendly name takes letters, digits, spaces, - and "
        "_, at most 30 characters and at most 4 digits",
        "Correct the named parameter.",
        not_this="It is not only about service names: a To without + and country code gets it too.",
        when=("provisioning", "verifying"),
    ),
    Entry(
        60202,
        "Too many checks",
        "The code was checked too often",
        "Wait 10 minutes, then start a new verification.",
        "later",
        when=("verifying",),
    ),
    Entry(
        60203,
        "Too many sends",
        "The code was sent too often",
        "Wait 10 minutes, then start a new verification.",
        "later",
        when=("verifying",),
    ),
    Entry(
        60204,
        "Feature not available",
        "The Verify service does not have this feature",
        "Remove it, or ask Twilio's sales to enable it.",
    ),
    Entry(60207, "Too many rate limits", "The service has reached its limit of rate limits", "Remove unused ones."),
    Entry(
        60208, "Rate limit exists", "The service already has a rate limit with this unique name", "Choose another name."
    ),
    Entry(
        60209,
        "Unique name not valid",
        "The rate limit's unique name is not valid",
        "Use only letters, digits, - _ and .",
    ),
    Entry(60210, "Too many buckets", "The rate limit has reached its limit of buckets", "Remove unused ones."),
    Entry(
        60211,
        "Interval taken",
        "The rate limit already has a bucket with this interval",
        "Change that bucket, or choose another interval.",
    ),
    Entry(
        60212,
        "Too many at once",
        "There are too many verifications of this phone number at once",
        "Wait for the others.",
        "later",
        not_this="It does not mean that the verification expired.",
        when=("verifying",),
    ),
    Entry(
        60213,
        "Country taken",
        "The service already has a messaging configuration for this country",
        "Change the existing one.",
    ),
    Entry(
        60217,
        "Email not configured",
        "The service has no email channel",
        "Set up the email integration in the Console.",
    ),
    Entry(
        60223,
        "Channel disabled",
        "The delivery channel is disabled for the service",
        "Enable the channel in the Console.",
        not_this="It does not mean that the phone number is invalid.",
        when=("verifying",),
    ),
    Entry(
        60410,
        "Delivery blocked",
        "Fraud Guard blocks verifications to this range of numbers (for 12 hours)",
        "Wait, or put the number on the safe list.",
        "later",
        when=("verifying",),
    ),
    Entry(
        60205,
        "Recipient is a landline",
        "Verify sends no SMS to a landline, as skip_sms_to_landlines says",
        "Verify by call, or ask for a mobile number.",
        when=("verifying",),
    ),
    Entry(
        60220,
        "China needs vetting",
        "Verifications of +86 numbers need a use case that Twilio has approved",
        "Contact Twilio's support.",
        when=("verifying",),
    ),
    Entry(
        60238,
        "Verification blocked",
        "Twilio blocked the verification, such as to a country it does not serve",
        "Ask Twilio's support if it lasts longer than 72 hours.",
        "later",
        when=("verifying",),
    ),
    # Newer than the published copies of the dictionary.
    Entry(
        60605,
        "Country not enabled",
        "Verify's geo permissions do not let verifications go to this country",
        "Enable it in the Console (Verify, Geo permissions).",
        when=("verifying",),
    ),
)
