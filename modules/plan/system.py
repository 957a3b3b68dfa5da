"""Plans stacks in their order of apply, or compares them with AWS: several at once, each on a copy."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from modules import parallel
from modules.errors import CommandError
from modules.parallel import Skipped
from modules.plan.planner import Planner, StackPlan, Unreachable
from modules.plan.private_folder import private_folder
from modules.plan.terraform import Terraform
from modules.state import applied_stacks
from modules.state.applied_stacks import Stacks

Replace = Mapping[str, Collection[str]]  # stack -> addresses
Compared = Mapping[str, StackPlan | CommandError | None]
"""Of each stack a refresh-only plan, why there is none, or None where it was never applied."""
Planned = Mapping[str, StackPlan | CommandError | Skipped]
"""Of each stack its plan, why there is none, or because of which other stack it was not tried."""
Result = TypeVar("Result")


class Question(NamedTuple):
    """What is to be planned: these stacks (none: all) with all that is downstream of them."""

    generated: Path
    stacks: Sequence[str] = ()
    replace: Replace = MappingProxyType({})
    at_once: int = 1


def plan(question: Question, unreachable: Unreachable, say: Callable[[str], None]) -> Planned:
    """The stacks in order of apply; one that can't be planned stops only those downstream of it."""
    stacks = applied_stacks.read(question.generated)
    chosen = _with_downstream(stacks, question.stacks)
    graph = {name: {one for one in stacks[name].upstream if one in chosen} for name in chosen}
    with _planner("plan", question, stacks, unreachable) as (planner, terraform):
        done = _Said(len(graph), say, "planned")

        def planned(name: str) -> StackPlan | CommandError:
            return _or_error(lambda: planner.plan(name, question.replace.get(name, ())))

        return parallel.each(graph, planned, question.at_once, done, stop=terraform.end)


def compare(question: Question, unreachable: Unreachable, say: Callable[[str], None]) -> Compared:
    """The named stacks in order of apply (none: all), each with AWS as it is now; one that fails stops no other."""
    stacks = applied_stacks.read(question.generated)
    graph: dict[str, set[str]] = {name: set() for name in stacks if not question.stacks or name in question.stacks}
    with _planner("drift", question, stacks, unreachable) as (planner, terraform):
        done = _Said(len(graph), say, "compared")

        def compared(name: str) -> StackPlan | CommandError | None:
            return _or_error(lambda: planner.compare(name))

        found = parallel.each(graph, compared, question.at_once, done, stop=terraform.end)
        return {name: one for name, one in found.items() if not isinstance(one, Skipped)}


class _Said:
    """Says of each stack that it is done, and how many are."""

    def __init__(self, all_: int, say: Callable[[str], None], word: str) -> None:
        self._all, self._say, self._word, self._done = all_, say, word, 0

    def __call__(self, name: str, result: object) -> None:
        self._done += 1
        of = f"{name} ({self._done} of {self._all})"
        if isinstance(result, Skipped):
            self._say(f"skipped {of}: {result.because} failed")
        else:
            self._say(f"{'failed at' if isinstance(result, CommandError) else self._word} {of}")


def _or_error(do: Callable[[], Result]) -> Result | CommandError:
    try:
        return do()
    except CommandError as error:
        return error


@contextmanager
def _planner(
    command: str, question: Question, stacks: Stacks, unreachable: Unreachable
) -> Iterator[tuple[Planner, Terraform]]:
    with private_folder() as folder:
        terraform = Terraform(folder, command)
        yield Planner(question.generated, stacks, folder, terraform, unreachable), terraform


def _with_downstream(stacks: Stacks, named: Sequence[str]) -> list[str]:
    downstream = {below.name for name in named for below in applied_stacks.downstream_of(stacks, name)}
    return [name for name in stacks if not named or name in named or name in downstream]
