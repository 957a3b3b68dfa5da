"""The log router of Fargate: where the log lines of each namespace go, as its ConfigMap declares it.

The router is AWS's and knows no variables, and templates of group names do not work in it
(https://github.com/aws/containers-roadmap/issues/1854), so each service has an output of its own.
"""

from collections.abc import Sequence

from modules.spec.model import Spec

# https://docs.aws.amazon.com/eks/latest/userguide/fargate-logging.html: what the ConfigMap can hold, and its parser.
MAX_CHARACTERS = 5300
NAMESPACE, CONFIG_MAP = "aws-observability", "aws-logging"
SYSTEM_NAMESPACE = "kube-system"
SHARED = "services"
_PREFIX = "pod-"
STREAMS = f"{_PREFIX}kube.var.log.containers."
"""How the names of log streams begin; then follows `<pod>_<namespace>_<container>-<id>.log`."""
# The router's own log would go to a log group that no stack declares.
OWN_LOG = "false"

# First the container runtime's line, then what the program wrote: of JSON, each key becomes a field of the record; any
# other text stays in `log`. The router allows the filter `parser`, and parsers of one's own (same page). `Merge_Log` of
# the filter `kubernetes` would do the same, but asks the Kubernetes API about each pod and adds what it answers to each
# line, for which CloudWatch charges. The names differ from those of the parsers that Fluent Bit brings along.
_FILTERS = """\
[FILTER]
    Name parser
    Match *
    Key_Name log
    Parser crio
[FILTER]
    Name parser
    Match *
    Key_Name log
    Parser fields
    Reserve_Data On
"""
# The runtime's time becomes that of the event. Kept, it would be a second `time` beside that of many programs' JSON.
_PARSERS = r"""[PARSER]
    Name crio
    Format Regex
    Regex ^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>P|F) (?<log>.*)$
    Time_Key time
    Time_Format %Y-%m-%dT%H:%M:%S.%L%z
[PARSER]
    Name fields
    Format json
"""


def files(spec: Spec) -> dict[str, str]:
    """Files of the ConfigMap: an output per namespace, and one for the services that have none."""
    if _fit(each := _of_each(spec)):
        return each
    own = _own(spec)
    outputs = [_terse(_of(spec, name)) for name in _namespaces(own)]
    return _whole([*outputs, _of_the_rest(spec, own)] if sharing(spec) else outputs)


def group(spec: Spec, service: str) -> str:
    """The part of the log group's name that tells whose lines the router puts there."""
    return service if service in _own(spec) else SHARED


def sharing(spec: Spec) -> tuple[str, ...]:
    """Services whose pods write to the shared log group, because an output for each would not fit."""
    return tuple(spec.services)[len(_own(spec)) :]


def groups(spec: Spec) -> tuple[str, ...]:
    """The log groups that the router may write to; pods from before a service shared one still write to its own."""
    return ("*",) if sharing(spec) else _namespaces(sorted(spec.services))


def length(texts: dict[str, str]) -> int:
    """Characters of the ConfigMap, its keys included."""
    return sum(len(key) + len(text) for key, text in {**texts, "flb_log_cw": OWN_LOG}.items())


def _own(spec: Spec) -> tuple[str, ...]:
    """Services with an output of their own: the first of the file, so that one that is added at its end moves none.

    There has to be room for the output of the rest also where there is no rest yet: it would move some, as it does
    where names of over 40 characters just fit without it.
    """
    if _fit(_of_each(spec)):
        return tuple(spec.services)
    taken = length(_whole([_terse(_of(spec, SYSTEM_NAMESPACE)), _of_the_rest(spec, ())]))
    own = []
    for name in spec.services:
        taken += len(f"|{name}{_terse(_of(spec, name))}")
        if taken > MAX_CHARACTERS:
            break
        own.append(name)
    return tuple(own)


def _of_each(spec: Spec) -> dict[str, str]:
    return _whole([_of(spec, name) for name in _namespaces(sorted(spec.services))])


def _fit(texts: dict[str, str]) -> bool:
    return length(texts) <= MAX_CHARACTERS


def _namespaces(services: Sequence[str]) -> tuple[str, ...]:
    return (SYSTEM_NAMESPACE, *services)


def _whole(outputs: list[str]) -> dict[str, str]:
    return {"filters.conf": _FILTERS, "output.conf": "".join(outputs), "parsers.conf": _PARSERS}


def _of(spec: Spec, namespace: str) -> str:
    return _output(spec, namespace, f"Match *_{namespace}_*")


def _output(spec: Spec, group: str, match: str) -> str:
    """An output; a line's tag ends in `<pod>_<namespace>_<container>-<id>.log`, and no name holds an underscore."""
    return (
        "[OUTPUT]\n"
        "    Name cloudwatch_logs\n"
        f"    {match}\n"
        f"    region {spec.region}\n"
        f"    log_group_name {spec.names.log_group(group)}\n"
        f"    log_stream_prefix {_PREFIX}\n"
        "    auto_create_group false\n"
    )


def _of_the_rest(spec: Spec, own: Sequence[str]) -> str:
    return _terse(_output(spec, SHARED, f"Match_Regex ^(?!.*_({'|'.join(_namespaces(own))})_)"))


def _terse(output: str) -> str:
    """Without what only its readers need, and what is the router's default."""
    return output.replace("    ", " ").replace(" auto_create_group false\n", "")
