"""A copy of a model computes anew what was computed of the values that it had before."""

from modules.spec.model import Service
from modules.spec.secret import SecretValue


def test_a_copy_has_the_permissions_of_its_own_secrets() -> None:
    service = Service()
    assert service.permissions == {}
    assert [*service.model_copy(update={"secrets": {"TOKEN": SecretValue()}}).permissions] == ["secrets"]
