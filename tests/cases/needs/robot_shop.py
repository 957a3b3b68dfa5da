"""What `robot-shop` needs."""

from tests.cases.needs.common import INTERNET, calls, is_a_worker, reaches
from tests.cases.system import Left, Needs, System, references


def _port(case: System) -> None:
    assert (case.values("ratings")["port"], case.values("ratings")["unprivilegedPortStart"]) == (80, 80)
    calls(case, "web", "ratings", 80)


def _nginx(case: System) -> None:
    writable = {one["path"]: one["copied"] for one in case.values("web")["writable"]}
    assert writable == {"/etc/nginx": True, "/var/cache/nginx": False, "/var/log/nginx": False, "/var/run": False}


def _worker(case: System) -> None:
    is_a_worker(case, "dispatch")


def _stores(case: System) -> None:
    for service, host, port in (
        ("catalogue", "mongo.example.com", 27017),
        ("user", "cache.example.com", 6379),
        ("cart", "cache.example.com", 6379),
        ("shipping", "mysql.example.com", 3306),
        ("ratings", "mysql.example.com", 3306),
        ("payment", "mq.example.com", 5672),
        ("dispatch", "mq.example.com", 5672),
    ):
        reaches(case, service, host, port)
    assert references(case.env("catalogue")["MONGO_URL"]) == set(case.secret_variables("catalogue"))
    assert INTERNET in case.egress("payment")


NEEDS: Needs = {
    "port 80": _port,
    "an nginx that writes below /etc and /var": _nginx,
    "a worker without HTTP": _worker,
    "stores from elsewhere": _stores,
}

LEFT: Left = ()
