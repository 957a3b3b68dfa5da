"""What `online-boutique` needs."""

from tests.cases.needs.common import AURORA, calls, has_all_of_redis, has_no_stores, is_asked_by_grpc
from tests.cases.system import Left, Needs, System

GRPC = (
    *("adservice", "currencyservice", "cartservice", "recommendationservice", "checkoutservice"),
    *("emailservice", "paymentservice", "shippingservice", "productcatalogservice"),
)


def _health(case: System) -> None:
    is_asked_by_grpc(case, *GRPC)


def _calls(case: System) -> None:
    for callee, port in (("paymentservice", 50051), ("currencyservice", 7000), ("cartservice", 7070)):
        calls(case, "checkoutservice", callee, port)


def _names(case: System) -> None:
    env = case.env("frontend")
    assert env["PRODUCT_CATALOG_SERVICE_ADDR"] == "productcatalogservice:3550"
    assert env["AD_SERVICE_ADDR"] == "adservice:9555"


def _redis(case: System) -> None:
    has_all_of_redis(case, "cartservice")
    text = "$(REDIS_HOST):$(REDIS_PORT),ssl=true,user=$(REDIS_USER),password=$(REDIS_PASSWORD)"
    assert case.env("cartservice")["REDIS_ADDR"] == text


def _port(case: System) -> None:
    assert case.values("emailservice")["port"] == 8080
    assert case.network("emailservice")["ports"] == [{"name": "port-5000", "port": 5000, "target": "http"}]
    calls(case, "checkoutservice", "emailservice", 5000)


NEEDS: Needs = {
    "gRPC health": _health,
    "gRPC calls": _calls,
    "addresses of other services under the program's own names": _names,
    "Redis as host and port, without IAM": _redis,
    "a service port other than the container's": _port,
    "no Aurora": lambda case: has_no_stores(case, AURORA),
}

LEFT: Left = ()
