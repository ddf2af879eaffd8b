"""Markets a shop can be on."""

MARKETS = (
    "US",
    "GB",
    "MX",
    "BR",
    "DE",
    "FR",
    "ES",
    "IT",
    "IE",
    "ID",
    "MY",
    "PH",
    "SG",
    "TH",
    "VN",
    "JP",
)
