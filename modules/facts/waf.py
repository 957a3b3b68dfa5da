"""AWS WAF: its managed rule groups, which of their rules hit honest requests to an API, and limits of the rate."""

# Requests within five minutes; https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html, as
# botocore 1.44.5 has it.
RATES = range(10, 2_000_000_001)
WINDOW_SECONDS = 300

# AWS says to set it above what one address is expected to send, and higher for all traffic than for a single page:
# https://docs.aws.amazon.com/waf/latest/developerguide/ddos-app-layer-rbr.html, read 2026-11-26. Here: a hundred people
# behind the address of one office, each with twenty requests a minute.
DEFAULT_RATE = 100 * 20 * WINDOW_SECONDS // 60

# Rule group -> priority. Together 1,127 of the 1,500 capacity units that cost nothing more (25 + 700 + 200 + 200 + 2):
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html.
RULE_GROUPS = {
    "AWSManagedRulesAmazonIpReputationList": 10,
    "AWSManagedRulesCommonRuleSet": 20,
    "AWSManagedRulesKnownBadInputsRuleSet": 30,
    "AWSManagedRulesSQLiRuleSet": 40,
}

# Counted instead of blocked: requests with more than 8 KB of body, with the address of a page, a path or markup in it,
# or without a User-Agent, are usual among programs that speak JSON with each other; the names are of
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html, read 2026-11-26.
COUNTED = {
    "AWSManagedRulesCommonRuleSet": (
        "NoUserAgent_HEADER",
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
    )
}

# Requests a minute that are blocked, for five minutes. Scanners of the whole internet bring a few at any time.
BLOCKED_ALARM = 100
