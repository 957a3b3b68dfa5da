"""Applies with a fault mostly wait: those that the chosen tests ask for run from the start, beside the other tests."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.support.run_synth import synthesise
from tests.support.sandbox import BUCKET, Sandbox, sandbox, stop

Fault = Callable[[Sandbox], None]
SECONDS_FOR_ALL = 1500  # of a result: three times what all take together when nothing else runs
AT_ONCE = 6  # each has an emulator and a provider: half a gigabyte of memory
SYSTEM = {"project": "shop", "region": "eu-west-1", "protection": False, "accept": ["private-api"], "services": {}}
SYSTEMS = {"local": SYSTEM, "in_s3": SYSTEM | {"state": {"s3": {"bucket": BUCKET, "region": "eu-west-1"}}}}


@pytest.fixture(scope="session", autouse=True)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Fault, Future[None]]]:
    parameters = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    chosen = [each["fault"] for each in parameters if "fault" in each]
    if not chosen:
        yield {}
        return
    systems = {name: synthesise(system, tmp_path_factory.mktemp(name)) for name, system in SYSTEMS.items()}

    def end(fault: Fault) -> None:
        system = systems["in_s3" if fault.__name__.startswith("with_its_state_in_s3") else "local"]
        with sandbox(system, tmp_path_factory.mktemp("sandbox")) as there:
            fault(there)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {fault: pool.submit(end, fault) for fault in chosen}
        stop()
        pool.shutdown(cancel_futures=True)
