"""What `retail-store` needs."""

from tests.cases.needs.common import calls, has_all_of_redis, logs_in_to_aurora, reaches
from tests.cases.system import Left, Needs, System, references


def _names(case: System) -> None:
    orders = case.env("orders")
    assert orders["RETAIL_ORDERS_PERSISTENCE_ENDPOINT"] == "$(DATABASE_HOST):$(DATABASE_PORT)"
    assert orders["RETAIL_ORDERS_PERSISTENCE_PASSWORD"] == "$(DATABASE_PASSWORD)"
    assert case.env("carts")["RETAIL_CART_PERSISTENCE_DYNAMODB_TABLE_NAME"] == "$(TABLE_NAME)"
    assert case.env("carts")["TABLE_NAME"]
    logs_in_to_aurora(case, "orders", schema="retail_orders", role="retail_orders__owner")


def _urls(case: System) -> None:
    checkout = case.env("checkout")
    assert checkout["RETAIL_CHECKOUT_PERSISTENCE_REDIS_URL"] == "$(REDIS_URL)"
    assert checkout["REDIS_URL"] == "rediss://$(REDIS_USER):$(REDIS_PASSWORD)@$(REDIS_HOST):$(REDIS_PORT)"
    has_all_of_redis(case, "checkout")
    calls(case, "checkout", "orders", 8080)


def _secrets(case: System) -> None:
    found = {one["name"]: one["key"] for one in case.network("catalog")["secrets"]["values"]}
    assert found["RETAIL_CATALOG_PERSISTENCE_USER"] == "username"
    assert found["RETAIL_CATALOG_PERSISTENCE_PASSWORD"] == "password"
    assert set(found) == set(case.secret_variables("catalog"))


def _elsewhere(case: System) -> None:
    reaches(case, "catalog", "mysql.example.com", 3306)
    reaches(case, "catalog", "search.example.com", 9200, "198.51.100.0/24")
    assert references(case.env("catalog")["RETAIL_CATALOG_SEARCH_ENDPOINT"]) == {"SEARCH_PASSWORD"}
    reaches(case, "orders", "mq.example.com", 5671)
    assert "RETAIL_ORDERS_MESSAGING_RABBITMQ_PASSWORD" in case.secret_variables("orders")


NEEDS: Needs = {
    "platform values under own names": _names,
    "platform values in URLs": _urls,
    "secrets as variables": _secrets,
    "a MySQL, a broker and a search engine from elsewhere": _elsewhere,
}

LEFT: Left = ()
