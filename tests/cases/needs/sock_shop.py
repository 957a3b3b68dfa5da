"""What `sock-shop` needs."""

from tests.cases.needs.common import AURORA, REDIS, calls, has_no_stores, reaches
from tests.cases.system import Left, Needs, System


def _port(case: System) -> None:
    for service in ("catalogue", "carts", "orders", "payment", "shipping", "user", "queue-master"):
        values = case.values(service)
        assert (values["port"], values["unprivilegedPortStart"], values["user"]) == (80, 80, 10001)
        assert case.ports(service) == {80: 80}
    calls(case, "orders", "payment", 80)
    assert case.values("catalogue")["command"] == ["/app", "-port=80"]


def _names(case: System) -> None:
    expected = {
        "front-end": ("session-db", "catalogue", "carts", "orders", "user"),
        "catalogue": ("catalogue-db",),
        "carts": ("carts-db",),
        "orders": ("orders-db", "carts", "payment", "shipping", "user"),
        "shipping": ("rabbitmq",),
        "user": ("user-db",),
        "queue-master": ("rabbitmq",),
    }
    assert {service: set(case.names(service)) for service in expected} == {
        service: set(names) for service, names in expected.items()
    }


def _stores(case: System) -> None:
    reaches(case, "front-end", "sessions.example.com", 6379)
    reaches(case, "catalogue", "mysql.example.com", 3306)
    for service in ("carts", "orders", "user"):
        reaches(case, service, "mongo.example.com", 27017)
    for service in ("shipping", "queue-master"):
        reaches(case, service, "mq.example.com", 5672)
    assert case.secret_variables("catalogue") == ["CATALOGUE_DB_PASSWORD"]


NEEDS: Needs = {
    "port 80": _port,
    "host names as the images expect them": _names,
    "stores from elsewhere": _stores,
    "no Aurora, no Redis": lambda case: has_no_stores(case, AURORA, REDIS),
}

LEFT: Left = ()
