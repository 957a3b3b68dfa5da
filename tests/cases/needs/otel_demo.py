"""What `otel-demo` needs."""

from tests.cases.needs.common import calls, is_a_worker, is_asked_by_grpc
from tests.cases.system import Left, Needs, System

GRPC = ("ad", "cart", "checkout", "currency", "payment", "product-catalog", "recommendation")


def _grpc(case: System) -> None:
    is_asked_by_grpc(case, *GRPC)
    calls(case, "checkout", "payment", 50051)


def _workers(case: System) -> None:
    for service in ("accounting", "fraud-detection"):
        is_a_worker(case, service)
        calls(case, service, "kafka", 9092)


def _ports(case: System) -> None:
    assert set(case.ports("otel-collector")) == {4317, 4318}
    assert set(case.ports("flagd")) == {8013, 8016}
    for port in (4317, 4318):
        calls(case, "frontend-proxy", "otel-collector", port)


def _files(case: System) -> None:
    (flags,) = case.values("flagd")["files"]
    assert flags["path"] == "/etc/flagd/demo.flagd.json"
    assert '"cartFailure"' in flags["text"]
    (collector,) = case.values("otel-collector")["files"]
    assert '"${env:TELEMETRY_TOKEN}"' in collector["text"], "Terraform would read it as its own"
    assert case.secret_variables("otel-collector") == ["TELEMETRY_TOKEN"]


def _proxy(case: System) -> None:
    assert case.values("frontend-proxy")["writable"] == [{"path": "/home/envoy", "copied": True}]


def _args(case: System) -> None:
    values = case.values("flagd")
    assert values["args"] == ["start", "--uri", "file:./etc/flagd/demo.flagd.json"]
    assert "command" not in values


NEEDS: Needs = {
    "gRPC": _grpc,
    "workers": _workers,
    "two ports": _ports,
    "configuration files": _files,
    "a proxy that writes its home": _proxy,
    "arguments without replacing the entrypoint": _args,
}

LEFT: Left = ()
