"""What several resources take, or parts of the library have. Made by `make generated`: edit the models instead."""

from typing import Literal, Required, TypedDict

import pulumi


class VaultAuthArgs(TypedDict, total=False):
    method: pulumi.Input[Literal["token", "approle", "jwt", "userpass", "kubernetes"]]
    role: pulumi.Input[str]
    mount: pulumi.Input[str]
    username: pulumi.Input[str]


class VaultSettingsArgs(TypedDict, total=False):
    address: pulumi.Input[str]
    namespace: pulumi.Input[str]
    mount: pulumi.Input[str]
    ca_cert: pulumi.Input[str]
    auth: pulumi.Input[VaultAuthArgs]


class AwsSettingsArgs(TypedDict, total=False):
    region: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    kms_key_id: pulumi.Input[str]
    recovery_window_days: pulumi.Input[int]


class StoreSettingsArgs(TypedDict, total=False):
    vault: pulumi.Input[VaultSettingsArgs]
    aws: pulumi.Input[AwsSettingsArgs]


class DeliveryArgs(TypedDict, total=False):
    store: Required[pulumi.Input[StoreSettingsArgs]]
    """The store that it is in."""
    path: Required[pulumi.Input[str]]
    """Where in the store it is."""
    owner: Required[pulumi.Input[str]]
    """The mark that says whose the document is: the stack's."""
    sid_property: Required[pulumi.Input[str]]
    """The property that carries the key's SID."""
    secret_property: Required[pulumi.Input[str]]
    """The property that carries the key's secret."""
    account_sid_property: pulumi.Input[str]
    """Set where the document is the key's alone, so that it says which account the key is of."""


class NumberSearchArgs(TypedDict, total=False):
    country: Required[pulumi.Input[str]]
    """ISO 3166-1 alpha-2, such as US."""
    type: pulumi.Input[Literal["local", "mobile", "toll_free", "national", "voip", "shared_cost", "machine_to_machine"]]
    """The kind of number; which a country has differs (toll_free is an 800 number in US)."""
    area_code: pulumi.Input[int]
    """Three digits; US and CA only."""
    contains: pulumi.Input[str]
    """A pattern: digits, letters, `*` for one character, `%` for any run at an end."""
    in_locality: pulumi.Input[str]
    """A city, such as Paris."""
    in_region: pulumi.Input[str]
    """A state or province, such as CA; US and CA only."""
    in_postal_code: pulumi.Input[str]
    """A postal code, such as "94105"; US and CA only."""
    in_rate_center: pulumi.Input[str]
    """A rate center, such as NWYRCYZN01; US and CA only, needs `in_lata`."""
    in_lata: pulumi.Input[str]
    """A local access and transport area, such as "722"; US and CA only."""
    near_number: pulumi.Input[str]
    """A number in E.164 to be near to; US and CA only."""
    near_lat_long: pulumi.Input[str]
    """A place to be near to, such as "37.78,-122.42"; US and CA only."""
    distance: pulumi.Input[int]
    """Miles around `near_number` or `near_lat_long`."""
    voice_enabled: pulumi.Input[bool]
    """It takes calls; it may or may not where left out, here and below."""
    sms_enabled: pulumi.Input[bool]
    """It takes text messages."""
    mms_enabled: pulumi.Input[bool]
    """It takes messages with media."""
    fax_enabled: pulumi.Input[bool]
    """It takes faxes."""
    beta: pulumi.Input[bool]
    """Whether numbers that are new to Twilio are among them; they are where left out."""
    exclude_all_address_required: pulumi.Input[bool]
    """Whether to leave out numbers that need an Address."""
    exclude_local_address_required: pulumi.Input[bool]
    """Whether to leave out numbers that need an Address in their own area."""
    exclude_foreign_address_required: pulumi.Input[bool]
    """Whether to leave out numbers that need an Address abroad."""


class DocumentReferenceArgs(TypedDict, total=False):
    store: Required[pulumi.Input[StoreSettingsArgs]]
    """The store that it is in."""
    path: Required[pulumi.Input[str]]
    """Where in the store it is."""
    owner: Required[pulumi.Input[str]]
    """The mark that says whose the document is: the stack's."""
