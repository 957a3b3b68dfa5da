"""SESv2: the account, configuration sets and identities.

moto answers GetConfigurationSet with shapes that AWS clients cannot parse, has no event destinations, and none of the
Put calls that change one group of settings. An identity here stays as unverified as AWS leaves it without DNS records
or a click in a mail. An account begins in the sandbox, and a request for production access is granted at once:
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html.
"""

import secrets
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sesv2.models import SESV2Backend, sesv2_backends
from moto.sesv2.responses import SESV2Response

from .errors import error
from .extension import extend

Parameters = dict[str, Any]
NotFound, AlreadyExists = error("NotFoundException"), error("AlreadyExistsException")


class Backend(SESV2Backend):
    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.sets: dict[str, Parameters] = {}
        self.destinations: dict[str, dict[str, Parameters]] = {}
        self.identities: dict[str, Parameters] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.account: Parameters = {"ProductionAccessEnabled": False, "SendingEnabled": True}

    def arn(self, kind: str, name: str) -> str:
        return f"arn:{self.partition}:ses:{self.region_name}:{self.account_id}:{kind}/{name}"

    def new_set(self, wish: Parameters) -> None:
        name = wish["ConfigurationSetName"]
        if name in self.sets:
            raise AlreadyExists(f"Configuration set <{name}> already exists.")
        defaults: Parameters = {
            "DeliveryOptions": {"TlsPolicy": "OPTIONAL"},
            "ReputationOptions": {"ReputationMetricsEnabled": False},
            "SendingOptions": {"SendingEnabled": True},
        }
        self.tags[self.arn("configuration-set", name)] = _dict(wish.get("Tags"))
        self.sets[name] = defaults | {key: value for key, value in wish.items() if key != "Tags"}
        self.destinations[name] = {}

    def set(self, name: str) -> Parameters:
        if name not in self.sets:
            raise NotFound(f"Configuration set <{name}> does not exist.")
        return self.sets[name]

    def new_identity(self, wish: Parameters) -> Parameters:
        name = wish["EmailIdentity"]
        if name in self.identities:
            raise AlreadyExists(f"Email identity {name} already exist.")
        if "ConfigurationSetName" in wish:
            self.set(wish["ConfigurationSetName"])
        self.tags[self.arn("identity", name)] = _dict(wish.get("Tags"))
        self.identities[name] = {
            "IdentityType": "EMAIL_ADDRESS" if "@" in name else "DOMAIN",
            "FeedbackForwardingStatus": True,
            "VerifiedForSendingStatus": False,
            "VerificationStatus": "PENDING",
            "DkimAttributes": _dkim(name, wish.get("DkimSigningAttributes") or {}),
            "MailFromAttributes": {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"},
            "ConfigurationSetName": wish.get("ConfigurationSetName"),
            "Policies": {},
        }
        return self.identities[name]

    def identity(self, name: str) -> Parameters:
        if name not in self.identities:
            raise NotFound(f"Email identity {name} does not exist.")
        return self.identities[name]

    def tags_of(self, arn: str) -> dict[str, str]:
        if arn not in self.tags:
            raise NotFound(f"Resource {arn} not found.")
        return self.tags[arn]


def _dkim(name: str, wish: Parameters) -> Parameters:
    attributes = {"SigningEnabled": "@" not in name, "Status": "NOT_STARTED", "SigningAttributesOrigin": "AWS_SES"}
    if "@" in name:
        return attributes
    length = wish.get("NextSigningKeyLength", "RSA_2048_BIT")
    lengths = {"NextSigningKeyLength": length, "CurrentSigningKeyLength": length}
    return {**attributes, **lengths, "Status": "PENDING", "Tokens": [secrets.token_hex(16) for _ in range(3)]}


def _dict(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def _list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


class Response(SESV2Response):
    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True

    @property
    def sesv2_backend(self) -> Backend:
        backend = sesv2_backends[self.current_account][self.region]
        assert isinstance(backend, Backend)
        return backend

    @property
    def set(self) -> Parameters:
        return self.sesv2_backend.set(self.params["ConfigurationSetName"])

    @property
    def identity(self) -> Parameters:
        return self.sesv2_backend.identity(self.params["EmailIdentity"])

    def create_configuration_set(self) -> ActionResult:
        self.sesv2_backend.new_set(self.params)
        return EmptyResult()

    def get_configuration_set(self) -> ActionResult:
        tags = self.sesv2_backend.tags_of(
            self.sesv2_backend.arn("configuration-set", self.params["ConfigurationSetName"])
        )
        return ActionResult({**self.set, "Tags": _list(tags)})

    def list_configuration_sets(self) -> ActionResult:
        return ActionResult({"ConfigurationSets": list(self.sesv2_backend.sets)})

    def delete_configuration_set(self) -> ActionResult:
        name = self.set["ConfigurationSetName"]
        del self.sesv2_backend.sets[name], self.sesv2_backend.destinations[name]
        del self.sesv2_backend.tags[self.sesv2_backend.arn("configuration-set", name)]
        return EmptyResult()

    def _put_options(self) -> ActionResult:
        group = self._get_action().removeprefix("PutConfigurationSet")
        self.set[group] = {key: value for key, value in self.params.items() if key != "ConfigurationSetName"}
        return EmptyResult()

    put_configuration_set_delivery_options = put_configuration_set_reputation_options = _put_options
    put_configuration_set_sending_options = put_configuration_set_suppression_options = _put_options
    put_configuration_set_tracking_options = put_configuration_set_vdm_options = _put_options

    @property
    def destinations(self) -> dict[str, Parameters]:
        return self.sesv2_backend.destinations[self.set["ConfigurationSetName"]]

    def create_configuration_set_event_destination(self) -> ActionResult:
        name = self.params["EventDestinationName"]
        if name in self.destinations:
            raise AlreadyExists(f"Event destination <{name}> already exists.")
        self.destinations[name] = {"Name": name, **self.params["EventDestination"]}
        return EmptyResult()

    def get_configuration_set_event_destinations(self) -> ActionResult:
        return ActionResult({"EventDestinations": list(self.destinations.values())})

    def update_configuration_set_event_destination(self) -> ActionResult:
        name = self._known_destination()
        self.destinations[name] = {"Name": name, **self.params["EventDestination"]}
        return EmptyResult()

    def delete_configuration_set_event_destination(self) -> ActionResult:
        del self.destinations[self._known_destination()]
        return EmptyResult()

    def _known_destination(self) -> str:
        name = str(self.params["EventDestinationName"])
        if name not in self.destinations:
            raise NotFound(f"Event destination <{name}> does not exist.")
        return name

    def get_account(self) -> ActionResult:
        sandbox = not self.sesv2_backend.account["ProductionAccessEnabled"]
        quota = {"Max24HourSend": 200.0 if sandbox else 50000.0, "MaxSendRate": 1.0 if sandbox else 14.0}
        return ActionResult(
            {
                **self.sesv2_backend.account,
                "SendQuota": {**quota, "SentLast24Hours": 0.0},
                "EnforcementStatus": "HEALTHY",
            }
        )

    def put_account_details(self) -> ActionResult:
        self.sesv2_backend.account["ProductionAccessEnabled"] = self.params.get("ProductionAccessEnabled", False)
        return EmptyResult()

    def put_account_sending_attributes(self) -> ActionResult:
        self.sesv2_backend.account["SendingEnabled"] = self.params.get("SendingEnabled", False)
        return EmptyResult()

    def create_email_identity(self) -> ActionResult:
        return ActionResult(self.sesv2_backend.new_identity(self.params))

    def get_email_identity(self) -> ActionResult:
        tags = self.sesv2_backend.tags_of(self.sesv2_backend.arn("identity", self.params["EmailIdentity"]))
        return ActionResult({**self.identity, "Tags": _list(tags)})

    def list_email_identities(self) -> ActionResult:
        identities = self.sesv2_backend.identities.items()
        return ActionResult({"EmailIdentities": [{"IdentityName": name, **identity} for name, identity in identities]})

    def delete_email_identity(self) -> ActionResult:
        name = self.params["EmailIdentity"]
        self.sesv2_backend.identity(name)
        del self.sesv2_backend.identities[name], self.sesv2_backend.tags[self.sesv2_backend.arn("identity", name)]
        return EmptyResult()

    def put_email_identity_configuration_set_attributes(self) -> ActionResult:
        self.identity["ConfigurationSetName"] = self.params.get("ConfigurationSetName")
        return EmptyResult()

    def put_email_identity_feedback_attributes(self) -> ActionResult:
        self.identity["FeedbackForwardingStatus"] = self.params.get("EmailForwardingEnabled", False)
        return EmptyResult()

    def put_email_identity_mail_from_attributes(self) -> ActionResult:
        wish = {key: value for key, value in self.params.items() if key != "EmailIdentity"}
        status = {"MailFromDomainStatus": "PENDING"} if wish.get("MailFromDomain") else {}
        self.identity["MailFromAttributes"] = {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE", **wish, **status}
        return EmptyResult()

    def create_email_identity_policy(self) -> ActionResult:
        self.identity["Policies"][self.params["PolicyName"]] = self.params["Policy"]
        return EmptyResult()

    update_email_identity_policy = create_email_identity_policy

    def get_email_identity_policies(self) -> ActionResult:
        return ActionResult({"Policies": self.identity["Policies"]})

    def delete_email_identity_policy(self) -> ActionResult:
        self.identity["Policies"].pop(self.params["PolicyName"], None)
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        return ActionResult({"Tags": _list(self.sesv2_backend.tags_of(self.params["ResourceArn"]))})

    def tag_resource(self) -> ActionResult:
        self.sesv2_backend.tags_of(self.params["ResourceArn"]).update(_dict(self.params["Tags"]))
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        for key in self.params["TagKeys"]:
            self.sesv2_backend.tags_of(self.params["ResourceArn"]).pop(key, None)
        return EmptyResult()


def install() -> None:
    extend("sesv2", Response, Backend)
