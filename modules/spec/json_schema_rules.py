"""What rules of modules/checks say and a JSON schema can say too: so that an editor underlines what synth refuses.

A test compares both over random files; what only synth can say is listed there, with its reason.
"""

import re
from typing import Any

from modules.facts import aurora, fargate, iam, load_balancer, ports, vpc
from modules.permissions.kind import SharedOptions
from modules.permissions.rds import RdsOptions
from modules.permissions.redis import RedisOptions
from modules.schema import patterns
from modules.spec import reserved_names as reserved
from modules.spec.retired import SHARED

Schema = dict[str, Any]


def _given(*keys: str) -> Schema:
    """Where these keys have a value."""
    return {"required": list(keys), "properties": {key: {"not": {"type": "null"}} for key in keys}}


def _no(pattern: str) -> Schema:
    """Any value but text with this pattern."""
    return {"not": {"type": "string", "pattern": pattern}}


def _any_case(word: str) -> str:
    """A pattern for the word in any case of letters; JSON Schema has no flag for it."""
    return "".join(f"[{char.lower()}{char.upper()}]" if char.isalpha() else char for char in word)


_OUR_TAGS = "|".join(map(_any_case, reserved.OUR_TAGS))
_NO_TAG_SIGNS = [code for code in range(128) if not chr(code).isalnum() and chr(code) not in reserved.TAG_SIGNS]
_TAG_TEXT = "^[^" + "".join(f"\\x{code:02x}" for code in _NO_TAG_SIGNS) + "]*$"
_REFUSED_STARTS = "|".join(start.removesuffix("-") for start in reserved.PROJECT_STARTS)
_RESERVED_DATABASES = sorted(name.replace("_", "-") for name in aurora.RESERVED_NAMES)
_EVERYTHING = r"^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*+)$"
_DEEP = rf"^(/[^/]+){{{patterns.ROUTE_SEGMENTS + 1}}}"
_SERVICE_NAME = (
    f"^(?!({'|'.join(reserved.SERVICE_STARTS)}))(?!({'|'.join(reserved.SERVICES)})$)(?!.*--)"
    f"{reserved.SERVICE_PATTERN[1:]}"
)
_COMPARING = "|".join(operator for operator in iam.OPERATORS if operator != iam.NULL)
_OPERATOR = f"^({'|'.join(iam.SETS)})?(({_COMPARING})({iam.IF_EXISTS})?|{iam.NULL})$"
_OUR_LABELS = "|".join(re.escape(prefix) for prefix in reserved.LABELS)
_MOUNTED = "|".join(reserved.MOUNTED)
_MOUNTED_FILES = "|".join(folder for folder in reserved.MOUNTED if folder != "/tmp")
_UNIQUE = {"uniqueItems": True}
_WAY = {"anyOf": [{"const": "internet"}, {"$ref": "#/$defs/Egress"}]}
_ENV = {
    "propertyNames": {
        "pattern": patterns.VARIABLE,
        "not": {"enum": [*reserved.VARIABLES_OF_EKS, *reserved.VARIABLES_OF_LOGIN]},
    },
    "additionalProperties": {"type": ["string", "number", "boolean"]},
}
_CODES = {
    "anyOf": [
        {"type": "string", "pattern": patterns.STATUS_CODES},
        {"type": "integer", "minimum": 200, "maximum": 399},
        {"type": "integer", "minimum": 0, "maximum": 99},
    ]
}

_SERVICE_NAMES = {
    "pattern": _SERVICE_NAME,
    "maxLength": reserved.SERVICE_LENGTH,
    "patternErrorMessage": "This name is reserved, or can't name a Kubernetes namespace and Service.",
}
_DESTROY = {
    "anyOf": [
        {"const": "destroy"},
        {"type": "object", "required": ["all"], "properties": {"all": {"const": "destroy"}}, "maxProperties": 1},
    ]
}

# (Definition or "" for the whole file, key, what is added to its schema).
KEYS: tuple[tuple[str, str, Schema], ...] = (
    (
        "",
        "project",
        {
            "not": {
                "anyOf": [
                    {"pattern": "--"},
                    {"pattern": f"^({_REFUSED_STARTS})(-|$)"},
                    {"pattern": "^(pg(-|$)|rds)"},
                    {"enum": _RESERVED_DATABASES},
                ]
            },
            "errorMessage": "AWS or PostgreSQL reserves this name.",
        },
    ),
    (
        "",
        "zones",
        {"type": "array", "items": {"enum": list(vpc.ZONE_LETTERS)}, "minItems": 2, "uniqueItems": True},
    ),
    (
        "",
        "tags",
        {
            "maxProperties": reserved.MAX_TAGS,
            "propertyNames": {
                "minLength": 1,
                "maxLength": reserved.TAG_KEY_LENGTH,
                "pattern": _TAG_TEXT,
                "not": {"pattern": f"^({_any_case(reserved.AWS_TAGS)}|({_OUR_TAGS})$)"},
            },
            "additionalProperties": {"type": "string", "maxLength": reserved.TAG_VALUE_LENGTH, "pattern": _TAG_TEXT},
        },
    ),
    ("", "services", {"propertyNames": _SERVICE_NAMES}),
    (
        "",
        "retired",
        {
            "propertyNames": {"anyOf": [{"enum": [*SHARED]}, _SERVICE_NAMES]},
            "properties": dict.fromkeys(SHARED, _DESTROY),
        },
    ),
    ("Network", "cidr", {"pattern": patterns.VPC_CIDR, "allOf": [{"pattern": patterns.CIDR}]}),
    ("Network", "public_subnet_ids", _UNIQUE),
    ("Network", "private_subnet_ids", _UNIQUE),
    ("Cluster", "service_cidr", {"pattern": patterns.SERVICE_CIDR, "allOf": [{"pattern": patterns.CIDR}]}),
    ("Cluster", "api_access", _UNIQUE),
    ("Cluster", "admins", _UNIQUE),
    ("Registry", "pull_accounts", _UNIQUE),
    ("Database", "version", {"pattern": rf"^({'|'.join(aurora.MAJORS)})\.[0-9]{{1,2}}$"}),
    ("Database", "min_acu", {"multipleOf": aurora.ACU_STEP}),
    ("Database", "max_acu", {"multipleOf": aurora.ACU_STEP, "minimum": 1}),
    ("SqsOptions", "subscribe", _UNIQUE),
    ("Service", "path", {**_UNIQUE, "allOf": [_no(_DEEP), {"items": _no(_DEEP)}]}),
    ("Service", "host", _UNIQUE),
    ("Service", "calls", _UNIQUE),
    ("Service", "cpu", {"enum": list(fargate.SIZES)}),
    ("Service", "port", {"not": {"const": ports.KUBELET}}),
    (
        "Service",
        "ports",
        {"additionalProperties": {"type": "integer", "minimum": 1, "maximum": 65535, "not": {"const": ports.KUBELET}}},
    ),
    *((name, "env", _ENV) for name in ("Service", "Container", "Sidecar")),
    (
        "Service",
        "health",
        {
            "anyOf": [
                {"type": "string", "pattern": patterns.LIVE, "maxLength": load_balancer.HEALTH_PATH_LENGTH},
                {"$ref": "#/$defs/Health"},
            ]
        },
    ),
    ("Service", "egress", {"anyOf": [_WAY, {"type": "array", "items": _WAY}]}),
    *(
        ("Service", key, {"propertyNames": {"pattern": patterns.LABEL_KEY, "not": {"pattern": f"^({_OUR_LABELS})"}}})
        for key in ("labels", "annotations")
    ),
    (
        "Service",
        "secrets",
        {
            "propertyNames": {
                "pattern": patterns.SECRET_PLACE,
                "not": {
                    "anyOf": [
                        {"enum": [*reserved.VARIABLES_OF_EKS, *reserved.VARIABLES_OF_LOGIN]},
                        {"pattern": f"^({_MOUNTED_FILES})(/|$)"},
                    ]
                },
            }
        },
    ),
    *(
        (
            "Service",
            key,
            {"propertyNames": {"pattern": patterns.CONTAINER_PATH, "not": {"pattern": rf"^({_MOUNTED})(/|$)"}}},
        )
        for key in ("writable", "files")
    ),
    ("Health", "codes", {"anyOf": [_CODES, {"type": "array", "items": _CODES}]}),
    ("Health", "port", {"not": {"const": ports.KUBELET}}),
    *((name, "image", _no(patterns.LATEST)) for name in ("Service", "Container", "Sidecar")),
    *(
        ("Service", key, {"propertyNames": {"pattern": patterns.SHORT_NAME, "not": {"pattern": "^(server$|copy-)"}}})
        for key in ("sidecars", "init")
    ),
    ("RawStatement", "conditions", {"propertyNames": {"pattern": _OPERATOR}}),
)

# Options of a shared resource, and those that stay the service's own with `of`.
_SHARED = {
    **dict.fromkeys(("S3Options", "KmsOptions", "SqsOptions", "SnsOptions", "DynamodbOptions"), SharedOptions.kept),
    "RdsOptions": RdsOptions.kept,
    "RedisOptions": RedisOptions.kept,
    "SecretsOptions": (),
}
_WITH_DOMAIN_ONLY = {"allOf": [_given("domain"), {"not": _given("certificate_arn")}]}


def _none(key: str) -> Schema:
    """Where this key has `none`."""
    return {"required": [key], "properties": {key: {"const": "none"}}}


def _retired(name: str) -> Schema:
    """Where this is retired."""
    return {"required": ["retired"], "properties": {"retired": {"type": "object", "required": [name]}}}


def _without(word: str) -> Schema:
    """A system in which no service has this word under `aws:`."""
    one = {"anyOf": [{"const": word}, {"type": "object", "required": [word]}]}
    aws = {"not": {"anyOf": [*one["anyOf"], {"type": "array", "contains": one}]}}
    return {"properties": {"services": {"additionalProperties": {"properties": {"aws": aws}}}}}


_WITHOUT_LOAD_BALANCER = {
    **{key: {"type": "null"} for key in ("domain", "hosted_zone", "certificate_arn")},
    **{key: {"maxProperties": 0} for key in ("hosted_zones", "load_balancers")},
    "services": {"additionalProperties": {"properties": {"path": {"type": "array", "maxItems": 0}}}},
}
_EMPTY = {"type": "array", "maxItems": 0}
_SOME = {"minItems": 1}
_EXISTING_VPC = {
    "required": ["private_subnet_ids", "endpoints"],
    "not": {"anyOf": [{"required": [key]} for key in ("cidr", "nat_gateways", "flow_logs")]},
    "properties": {
        "private_subnet_ids": _SOME,
        "endpoints": {"items": {"not": {"const": "auto"}}, "not": {"const": "auto"}},
    },
}
_OWN_VPC = {"properties": {"public_subnet_ids": _EMPTY, "private_subnet_ids": _EMPTY}}
_IN_EXISTING_VPC = {"required": ["network"], "properties": {"network": {"type": "object", **_given("vpc_id")}}}
_PRIVATE = {"type": "object", "required": ["private"], "properties": {"private": {"const": True}}}
_EXISTING = {"type": "object", **_given("listener_arn")}
_PRIVATE_BALANCER = {"required": ["load_balancer"], "properties": {"load_balancer": _PRIVATE}}
_WITH_PUBLIC_SUBNETS = {
    "properties": {"network": {"required": ["public_subnet_ids"], "properties": {"public_subnet_ids": _SOME}}}
}
_EXISTING_BALANCER = {"required": ["load_balancer"], "properties": {"load_balancer": _EXISTING}}


def _further(*but: Schema) -> Schema:
    """Where one of the further load balancers is none of these."""
    some = {"type": "object", "not": {"additionalProperties": {"anyOf": list(but)}}}
    return {"required": ["load_balancers"], "properties": {"load_balancers": some}}


_FIRST_ON_THE_INTERNET = {"not": {"anyOf": [_none("load_balancer"), _PRIVATE_BALANCER, _EXISTING_BALANCER]}}
_ON_THE_INTERNET = {"anyOf": [_FIRST_ON_THE_INTERNET, _further(_PRIVATE, _EXISTING)]}
_NOT_OF_THE_SYSTEM = {
    "properties": {"domain": {"type": "null"}, "hosted_zone": {"type": "null"}},
    "anyOf": [{"properties": {"certificate_arn": {"type": "null"}}}, _further(_EXISTING)],
}

# What a service without a port can't say, as rules/worker.py says it.
_OF_A_WORKER = {
    "properties": {
        **dict.fromkeys(("path", "ports", "protocol", "drain"), False),
        "health": {
            "anyOf": [
                {"const": "none"},
                {
                    "type": "object",
                    "required": ["command"],
                    "properties": {
                        **dict.fromkeys(("path", "codes", "port", "grpc", "tcp", "healthy"), False),
                        "live": {"enum": ["none", None]},
                        "command": {"anyOf": [{"type": "string"}, {"minItems": 1}]},
                    },
                },
            ]
        },
    }
}

# (Definition or "" for the whole file, a schema that its mapping has to fit beside its own).
CONDITIONS: tuple[tuple[str, Schema], ...] = (
    ("", {"if": _none("load_balancer"), "then": {"properties": _WITHOUT_LOAD_BALANCER}}),
    *(("", {"if": _retired(name), "then": _none(key)}) for name, (_, key) in SHARED.items()),
    ("", {"if": _none("database"), "then": _without("rds")}),
    ("", {"if": _none("cache"), "then": _without("redis")}),
    ("", {"if": {"allOf": [_IN_EXISTING_VPC, _ON_THE_INTERNET]}, "then": _WITH_PUBLIC_SUBNETS}),
    ("", {"if": _EXISTING_BALANCER, "then": _NOT_OF_THE_SYSTEM}),
    (
        "LoadBalancer",
        {
            "if": _given("listener_arn"),
            "then": {"not": {"anyOf": [{"required": ["private"]}, {"required": ["waf"]}]}},
        },
    ),
    ("Network", {"if": _given("vpc_id"), "then": _EXISTING_VPC, "else": _OWN_VPC}),
    ("", {"if": _given("hosted_zone"), "then": _given("domain")}),
    ("", {"if": _given("domain"), "then": {"anyOf": [_given("hosted_zone"), _given("certificate_arn")]}}),
    (
        "",
        {
            "if": _WITH_DOMAIN_ONLY,
            "then": {"properties": {"domain": {"maxLength": load_balancer.CERTIFICATE_NAME_LENGTH}}},
        },
    ),
    (
        "Service",
        {
            "if": _given("priority"),
            "then": {"required": ["path"], "properties": {"path": {"minItems": 1}}},
        },
    ),
    (
        "Service",
        {
            "if": _given("load_balancer"),
            "then": {"required": ["path", "host"], "properties": {"path": {"minItems": 1}, "host": {"minItems": 1}}},
        },
    ),
    (
        "Service",
        {
            "if": {"required": ["host"], "properties": {"host": {"anyOf": [{"type": "string"}, {"minItems": 1}]}}},
            "then": {"required": ["path"], "properties": {"path": {"minItems": 1}}},
        },
    ),
    (
        "Service",
        {
            "if": _given("sticky"),
            "then": {"required": ["path"], "properties": {"path": {"minItems": 1}}},
        },
    ),
    ("Service", {"if": _none("port"), "then": _OF_A_WORKER}),
    (
        "AdoptRepository",
        {"if": _given("kms_key"), "then": {"required": ["encryption"], "properties": {"encryption": {"const": "KMS"}}}},
    ),
    ("SesOptions", {"oneOf": [_given("from"), _given("domain")]}),
    *(
        (name, {"if": _given("of"), "then": {"propertyNames": {"enum": ["of", "access", *kept]}}})
        for name, kept in _SHARED.items()
    ),
    *((name, {"if": {"required": ["access"]}, "then": _given("of")}) for name in _SHARED),
    (
        "RawStatement",
        {
            "if": {"not": _given("reason")},
            "then": {"properties": {"resources": {"allOf": [_no(_EVERYTHING), {"items": _no(_EVERYTHING)}]}}},
        },
    ),
)
