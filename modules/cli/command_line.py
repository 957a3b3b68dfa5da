"""`python main.py [COMMAND] …`: finds the command; without one it is `synth`, which is what cdktf calls."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module
from typing import NamedTuple

from modules.cli.reported import Reported, say_mistake
from modules.errors import CommandError

DEFAULT = "synth"


class Command(NamedTuple):
    """A subcommand: its module in modules/cli, which has `configure(parser)` and `run(options)`, and its help line."""

    module: str
    help: str
    takes_words: bool = False
    """Whether the words after `--` are another program's, which `options.words` then has."""


# A command's module is imported only when the command is run: synth has a second in all.
COMMANDS = {
    "synth": Command("synth", "write generated/ from services.yaml (the default)"),
    "check-services": Command("check_services", "check services.yaml, and that generated/ is what it says"),
    "start": Command("start", "begin a system of your own: a small services.yaml and its generated/"),
    "service": Command("service", "add a service to services.yaml, and write generated/"),
    "set-image": Command("set_image", "write a service's image into services.yaml, and say what that changes"),
    "promote": Command("promote", "give an environment the images of another one"),
    "retire": Command("retire", "say in services.yaml what becomes of the data of a service that goes"),
    "adopt": Command("adopt", "let a service take over a bucket, table, queue, topic, key, secret or repository"),
    "explain": Command("explain", "say what counts at a place of services.yaml, and where it is written"),
    "show": Command("show", "print services.yaml as it counts: merged for an environment, with all defaults"),
    "compare": Command("compare", "print where two environments differ"),
    "matrix": Command("matrix", "print who may connect to whom, and which service may use what"),
    "exposure": Command(
        "exposure", "say what a pod of a service can do in somebody else's hands: docs/security/exposure.md"
    ),
    "diagram": Command("diagram", "draw the system: docs/architecture-diagram.drawio and docs/diagram"),
    "cost": Command("cost", "estimate what the system costs in a month, or what a change adds"),
    "report": Command("report", "write the whole system as one HTML page: report.html"),
    "inventory": Command("inventory", "count the resources that generated/ holds"),
    "deployer-policies": Command("deployer_policies", "print what a role that plans or deploys has to be allowed"),
    "images": Command(
        "images", "list the images that are not the services' own, and where `image_mirror:` is to have them"
    ),
    "charts": Command(
        "charts", "put the charts that others publish into the folder of `chart_mirror:`, each by its digest"
    ),
    "sbom": Command("sbom", "print packages, charts and images with their hashes, as CycloneDX JSON"),
    "doctor": Command("doctor", "ask this machine and the AWS account whether the system can be built"),
    "bootstrap": Command("bootstrap", "make the S3 bucket for the states of a team, and move the states into it"),
    "migrate-state": Command("migrate_state", "move the states of all stacks to another place"),
    "drift": Command("drift", "compare AWS with the Terraform states, in words"),
    "leftovers": Command("leftovers", "find what killed deployments left in AWS, and no state holds"),
    "plan": Command("plan", "say what a change does to all stacks"),
    "diff": Command("diff", "say what generated/ changes since a commit, without Terraform or a login"),
    "access": Command("access", "say who gains and loses what in AWS since a commit, escalations first"),
    "deploy": Command("deploy", "apply stacks in order"),
    "pipelines": Command("pipelines", "write files by which GitHub Actions, GitLab CI or Atlantis plans and applies"),
    "passes": Command("passes", "print the applies of deploy as commands for Terraform alone"),
    "rotate": Command("rotate", "give a service another password, and deploy it"),
    "destroy": Command("deploy", "destroy stacks in reverse order"),
    "status": Command("status", "say how services are: pods, rollouts, queues and the last runs of jobs"),
    "run": Command("run", "run a command in a new pod of a service's kind, and remove the pod", takes_words=True),
    "logs": Command("logs", "print what the pods of a service have written"),
    "shell": Command("shell", "open a shell in a running pod of a service", takes_words=True),
    "redrive": Command("redrive", "move the messages of a dead-letter queue back into the service's queue"),
    "restart": Command("restart", "give a service new pods of what is deployed"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code. A CommandError is printed, and ends with 1.

    With `--json`, stdout gets one JSON object, and all that is said besides goes to stderr.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parse(given)
    options.reported = Reported()
    if not getattr(options, "json", False):
        return _run(options)
    with redirect_stdout(sys.stderr):
        code = _run(options)
    print(options.reported.text(options.command, code))
    return code


def _run(options: argparse.Namespace) -> int:
    try:
        return int(import_module(f"modules.cli.{COMMANDS[options.command].module}").run(options))
    except CommandError as error:
        options.reported.refused(error)
        say_mistake(str(error))
        return 1


def _parse(given: list[str]) -> argparse.Namespace:
    asks_for_help = given[:1] in (["-h"], ["--help"])
    name = next((word for word in given[:1] if not word.startswith("-")), DEFAULT)
    if name in COMMANDS and not asks_for_help:
        rest = given[1:] if given[:1] == [name] else given
        parser = argparse.ArgumentParser(prog=f"main.py {name}", description=_sentence(COMMANDS[name].help))
        parser.set_defaults(command=name)
        import_module(f"modules.cli.{COMMANDS[name].module}").configure(parser)
        if COMMANDS[name].takes_words and "--" in rest:
            end = rest.index("--")
            parser.set_defaults(words=rest[end + 1 :])
            rest = rest[:end]
        else:
            parser.set_defaults(words=[])
        return parser.parse_intermixed_args(rest)
    parser = argparse.ArgumentParser(
        prog="main.py", description="Turns services.yaml into Terraform JSON under generated/.", epilog=EPILOG
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command, found in COMMANDS.items():
        commands.add_parser(command, help=found.help)
    return parser.parse_args(given)


EPILOG = "`main.py COMMAND --help` lists a command's options; without a command, the options are those of synth."


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
