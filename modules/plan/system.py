"""Plans stacks in their order of apply, or compares them with AWS: several at once, each on a copy."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from modules.errors import CommandError
from modules.plan.planner import Planner, StackPlan, Unreachable
from modules.plan.private_folder import private_folder
from modules.plan.terraform import Terraform
from modules.state import applied_stacks
from modules.state.applied_stacks import Stacks

AT_ONCE = 2  # stacks; the AWS provider takes half a gigabyte of memory each time
Replace = Mapping[str, Collection[str]]  # stack -> addresses
Compared = Mapping[str, StackPlan | CommandError | None]
"""Of each stack a refresh-only plan, why there is none, or None where it was never applied."""
Result = TypeVar("Result")


class Question(NamedTuple):
    """What is to be planned: these stacks (none: all) with all that is downstream of them."""

    generated: Path
    stacks: Sequence[str] = ()
    replace: Replace = MappingProxyType({})
    at_once: int = AT_ONCE


def plan(question: Question, unreachable: Unreachable, say: Callable[[str], None]) -> list[StackPlan]:
    """The planned stacks in order of apply; raises CommandError where one can't be planned."""
    stacks = applied_stacks.read(question.generated)
    chosen = _with_downstream(stacks, question.stacks)
    graph = {name: {one for one in stacks[name].upstream if one in chosen} for name in chosen}
    with _planner("plan", question, stacks, unreachable) as (planner, pool):

        def submit(name: str) -> Future[StackPlan]:
            return pool.submit(planner.plan, name, question.replace.get(name, ()))

        return list(_each(graph, submit, lambda done: say(f"planned {done}")).values())


def compare(question: Question, unreachable: Unreachable, say: Callable[[str], None]) -> Compared:
    """The named stacks in order of apply (none: all), each with AWS as it is now; one that fails stops no other."""
    stacks = applied_stacks.read(question.generated)
    graph: dict[str, set[str]] = {name: set() for name in stacks if not question.stacks or name in question.stacks}
    with _planner("drift", question, stacks, unreachable) as (planner, pool):

        def compared(name: str) -> StackPlan | CommandError | None:
            try:
                return planner.compare(name)
            except CommandError as error:
                return error

        return _each(graph, lambda name: pool.submit(compared, name), lambda done: say(f"compared {done}"))


@contextmanager
def _planner(
    command: str, question: Question, stacks: Stacks, unreachable: Unreachable
) -> Iterator[tuple[Planner, ThreadPoolExecutor]]:
    with private_folder() as folder:
        terraform = Terraform(folder, command)
        planner = Planner(question.generated, stacks, folder, terraform, unreachable)
        with ThreadPoolExecutor(question.at_once) as pool, terraform.until_the_end():
            yield planner, pool


def _with_downstream(stacks: Stacks, named: Sequence[str]) -> list[str]:
    downstream = {below.name for name in named for below in applied_stacks.downstream_of(stacks, name)}
    return [name for name in stacks if not named or name in named or name in downstream]


def _each(
    graph: Mapping[str, set[str]], submit: Callable[[str], "Future[Result]"], say: Callable[[str], None]
) -> dict[str, Result]:
    """What became of each stack, in the order of the graph; each is submitted when those upstream are done."""
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    running: dict[Future[Result], str] = {}
    done: dict[str, Result] = {}
    while sorter.is_active():
        running |= {submit(name): name for name in sorter.get_ready()}
        for finished in wait(running, return_when=FIRST_COMPLETED).done:
            name = running.pop(finished)
            done[name] = finished.result()
            say(f"{name} ({len(done)} of {len(graph)})")
            sorter.done(name)
    return {name: done[name] for name in graph}
