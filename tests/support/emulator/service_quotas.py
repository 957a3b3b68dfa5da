"""Service Quotas: AWS's defaults, the values that an account has in their place, and requests for others.

moto knows the quotas of VPC only. A request is granted at once here, and may ask for less, which AWS refuses. As on
AWS, GetServiceQuota has no answer for a quota whose default nobody has changed:
https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html.
"""

import secrets
from typing import Any

from moto.core.responses import ActionResult
from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

from .extension import extend

# Defaults of a new account: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html, by service.
DEFAULTS = {
    ("fargate", "L-3032A538"): ("Fargate On-Demand vCPU resource count", 6.0),
    ("eks", "L-33415657"): ("Fargate profiles per cluster", 10.0),
    ("ec2", "L-0263D0A3"): ("EC2-VPC Elastic IPs", 5.0),
    ("vpc", "L-F678F1CE"): ("VPCs per Region", 5.0),
}


class Backend(ServiceQuotasBackend):
    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.applied: dict[tuple[str, str], float] = {}

    def default(self, key: tuple[str, str]) -> dict[str, Any]:
        if key not in DEFAULTS:
            raise NoSuchResource
        name, value = DEFAULTS[key]
        service, code = key
        return {"ServiceCode": service, "QuotaCode": code, "QuotaName": name, "Value": value, "Adjustable": True}

    def quota(self, key: tuple[str, str]) -> dict[str, Any]:
        if key not in self.applied:
            raise NoSuchResource
        return {**self.default(key), "Value": self.applied[key]}


class Response(ServiceQuotasResponse):
    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True

    @property
    def key(self) -> tuple[str, str]:
        return self.params["ServiceCode"], self.params["QuotaCode"]

    def get_service_quota(self) -> ActionResult:
        return ActionResult({"Quota": self.backend.quota(self.key)})

    def get_aws_default_service_quota(self) -> ActionResult:
        return ActionResult({"Quota": self.backend.default(self.key)})

    def request_service_quota_increase(self) -> ActionResult:
        quota = self.backend.default(self.key)
        self.backend.applied[self.key] = float(self.params["DesiredValue"])
        request = {"Id": secrets.token_hex(16), "Status": "APPROVED", "DesiredValue": self.params["DesiredValue"]}
        return ActionResult(
            {"RequestedQuota": {**request, **{key: quota[key] for key in ("ServiceCode", "QuotaCode")}}}
        )


def install() -> None:
    extend("servicequotas", Response, Backend)
