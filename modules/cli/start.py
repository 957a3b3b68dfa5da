"""`main.py start`: begins a system of the user's own, in place of the one that the repository came with."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from modules import git
from modules.cli.services_edit import check_content
from modules.cli.services_file import add_file_option, say_problems
from modules.cli.synth import add_out_option, build, write
from modules.design import lifelong_keys
from modules.errors import CommandError
from modules.facts import zones
from modules.spec.model import Spec
from modules.state import orphaned_stacks, record
from modules.state.record import Record
from modules.synth import writer
from modules.synth.json_schema_file import FILE_NAME

DEFAULT_REGION = "eu-west-1"
TEMPLATE = f"""\
# yaml-language-server: $schema=./{FILE_NAME}
# What runs, how large, and what it may use. After an edit: make synth, then review git diff generated.
# docs/reference/services.md lists every key; keys that are left out have the defaults named there.
project: {{project}} # starts the name of every resource; fixed for the life of the system
region: {{region}} # likewise
{{zones}}
# account: "111122223333" # Terraform then refuses any other account
# alarm_email: ops@example.com # until somebody is named, alarms have no subscriber
# domain: shop.example.com # HTTPS; without it the load balancer speaks HTTP
database: none # no Aurora is billed; leave this out once a service has rds
cache: none # likewise Redis, for redis

services:
  web: # its stack, role, namespace, repository and log group carry this name
    path: / # without a path it is internal
    pods: 2
    cpu: 0.25 # vCPU; Fargate bills this size: docs/fargate.md lists the sizes
    memory: 512MB
    # aws: [s3, sqs] # each makes the resource and allows exactly it
    # image: v1 # a tag in the service's repository; until then a placeholder answers
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `start`."""
    add_file_option(parser)
    add_out_option(parser)
    parser.add_argument("--project", help="name of the system: lower-case letters, digits, hyphens")
    parser.add_argument("--region", help="AWS region, such as eu-west-1")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code; raises CommandError where there is something to lose, or nothing to ask."""
    before = _not_deployed(options.out)
    project = options.project or _ask("Project (starts the name of every resource)", None)
    region = options.region or _ask("AWS region", DEFAULT_REGION)
    text = TEMPLATE.format(project=project, region=region, zones=_zones(region))
    spec = _checked(text)
    if spec is None:
        return 1
    writer.recover(options.out)
    files = build([spec], options.out)
    if kept := _keep_uncommitted(options.file):
        print(f"{options.file.name} was not committed: it is kept as {kept.name}.", file=sys.stderr)
    try:
        options.file.write_text(text, encoding="utf-8")
    except OSError as problem:
        what = f"It can't be written: {problem.strerror}."
        raise CommandError(str(options.file), what, "Name a file that can (--file), and run this again.") from None
    if code := write(files, options):
        return code
    record.remember([replace(before, vouched=before.stacks)])
    print(
        f"{options.file.name} holds a system of one service. Next: edit it, run make synth after each edit,\n"
        f"commit {options.file.name} and {options.out.name}/ together, and let your pipeline run make check-services.\n"
        "Before a second person or a pipeline deploys, run make bootstrap: it puts the states where all reach them.",
        file=sys.stderr,
    )
    return 0


def _zones(region: str) -> str:
    """The line that a region needs whose zones have no default."""
    listing = f"aws ec2 describe-availability-zones --region {region}"
    return f"zones: [a, c] # likewise; two of those that `{listing}` lists\n" if not zones.default(region) else ""


def _not_deployed(out: Path) -> Record:
    """What generated/ was; whoever starts again leaves its stacks behind, and none may hold resources."""
    before = record.read(out, lifelong_keys.FILE)
    if held := orphaned_stacks.find_orphaned(before, ()):
        names = ", ".join(stack.stack for stack in held)
        raise CommandError(
            "start",
            f"{out.name}/ belongs to a system that is deployed, or whose state can't be read here: {names}.",
            "To begin another system, clone the repository into another folder and run make start there; "
            "to give this one up, run make destroy first.",
        )
    return before


def _ask(what: str, default: str | None) -> str:
    answer = ""
    while not answer:
        print(f"{what}{f' [{default}]' if default else ''}: ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise CommandError(
                "\nstart",
                "The project and the region are not named, and there is nobody to ask.",
                "Name both: make start PROJECT=shop REGION=eu-west-1",
            )
        answer = line.strip() or (default or "")
    return answer


def _checked(text: str) -> Spec | None:
    checked = check_content(text.encode("utf-8"), Path("services.yaml"), datetime.now(UTC).date())
    # That the states are local is said at the end, as a next step: nothing has been applied yet.
    checked = replace(checked, warnings=[one for one in checked.warnings if one.code != "local-state"])
    say_problems(checked)
    if checked.spec is None:
        print("Nothing was changed.", file=sys.stderr)
    return checked.spec


def _keep_uncommitted(file: Path) -> Path | None:
    """Moves a file whose content git does not have out of the way; where it went."""
    if not file.exists():
        return None
    is_tracked = ("ls-files", "--error-unmatch", "--", file.name)
    is_same = ("diff", "--quiet", "HEAD", "--", file.name)
    try:
        committed = all(git.output(file.parent, *asked) is not None for asked in (is_tracked, is_same))
    except CommandError:  # no git
        committed = False
    if committed:
        return None
    kept = next(
        place
        for number in range(1, 1000)
        if not (place := file.with_name(f"{file.name}.before-start{'' if number == 1 else f'-{number}'}")).exists()
    )
    return file.rename(kept)
