"""What `funding-service` needs."""

from tests.cases.needs.common import has_all_of_redis, logs_in_to_aurora
from tests.cases.system import Left, Needs, System


def _hosts(case: System) -> None:
    (rule,) = case.resources("apply-service", "aws_lb_listener_rule").values()
    names = ["account.apply.example.gov.uk", "assess.apply.example.gov.uk"]
    assert rule["condition"] == [{"host_header": {"values": names}}]
    records = case.resources("apply-service", "aws_route53_record").values()
    assert [one["name"] for one in records] == names
    (certificate,) = case.resources("edge", "aws_acm_certificate").values()
    assert certificate["subject_alternative_names"] == ["*.apply.example.gov.uk"]


def _health(case: System) -> None:
    (group,) = case.resources("apply-service", "aws_lb_target_group").values()
    check = group["health_check"]
    assert [check[key] for key in ("path", "healthy_threshold", "interval", "timeout")] == ["/healthcheck", 2, 6, 5]
    readiness = case.values("apply-service")["probes"]["readiness"]
    assert (readiness["httpGet"]["path"], readiness["periodSeconds"], readiness["timeoutSeconds"]) == (
        "/healthcheck",
        6,
        5,
    )


def _sidecar(case: System) -> None:
    values = case.values("apply-service")
    (nginx,) = values["sidecars"]
    env = {one["name"]: one["value"] for one in nginx["env"]}
    assert (nginx["name"], env["PUBLIC_PORT"], values["port"]) == ("nginx", "8087", 8087)


def _stores(case: System) -> None:
    service = "apply-service"
    logs_in_to_aurora(case, service, schema="funding_apply_service", role="funding_apply_service__owner")
    has_all_of_redis(case, service)
    assert case.env(service)["REDIS_INSTANCE_URI"] == "$(REDIS_URL)"
    assert len(case.resources(service, "aws_s3_bucket")) == 1
    assert {"SECRET_KEY", "SENTRY_DSN"} <= set(case.secret_variables(service))


def _environments(case: System) -> None:
    (test,) = case.environments
    own = {name.removeprefix(f"{test}-") for name in case.stacks if name.startswith(f"{test}-")}
    assert own == {name for name in case.stacks if not name.startswith(f"{test}-")}
    service = f"{test}-apply-service"
    assert case.env(service)["COOKIE_DOMAIN"] == ".apply.test.example.gov.uk"
    assert case.env(service)["ALLOW_MAGIC_LINK"] == case.env("apply-service")["ALLOW_MAGIC_LINK"]
    (rule,) = case.resources(service, "aws_lb_listener_rule").values()
    names = ["account.apply.test.example.gov.uk", "assess.apply.test.example.gov.uk"]
    assert rule["condition"] == [{"host_header": {"values": names}}]
    assert (case.values("apply-service")["pods"]["min"], case.values(service)["pods"]["min"]) == (2, 1)


def _job(case: System) -> None:
    """With the image and the stores of the service; its pods have no sidecar, so it has the size of a whole pod."""
    (job,) = case.values("apply-service")["jobs"]
    assert (job["name"], job["schedule"]) == ("apply-service-deadline-reminders", "30 9 * * *")
    assert (job["command"], job["cpu"], job["memory"]) == (["launcher", "run", "reminders"], "2000m", "3840Mi")


NEEDS: Needs = {
    "two host names": _hosts,
    "health settings": _health,
    "a sidecar": _sidecar,
    "a scheduled job with the same image and stores": _job,
    "every store": _stores,
    "environments": _environments,
}

LEFT: Left = ()
