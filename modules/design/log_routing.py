"""The log router of Fargate: where the log lines of each namespace go, as its ConfigMap declares it.

The router is AWS's and knows no variables, and templates of group names do not work in it
(https://github.com/aws/containers-roadmap/issues/1854), so each service has an output of its own.
"""

from modules.spec.model import Spec

# https://docs.aws.amazon.com/eks/latest/userguide/fargate-logging.html: what the ConfigMap can hold, and its parser.
MAX_CHARACTERS = 5300
NAMESPACE, CONFIG_MAP = "aws-observability", "aws-logging"
SYSTEM_NAMESPACE = "kube-system"
SHARED = "services"
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
    """Files of the ConfigMap; an output per namespace, or one for all of them where those would not fit."""
    return _whole([_output(spec, SHARED, "*")]) if is_shared(spec) else _of_each(spec)


def is_shared(spec: Spec) -> bool:
    """Whether all pods share a log group, because an output for each namespace would not fit."""
    return length(_of_each(spec)) > MAX_CHARACTERS


def groups(spec: Spec) -> tuple[str, ...]:
    """The log groups that the router may write to; pods from before the shared group still write to their own."""
    return ("*",) if is_shared(spec) else (SYSTEM_NAMESPACE, *sorted(spec.services))


def length(texts: dict[str, str]) -> int:
    """Characters of the ConfigMap, its keys included."""
    return sum(len(key) + len(text) for key, text in {**texts, "flb_log_cw": OWN_LOG}.items())


def _of_each(spec: Spec) -> dict[str, str]:
    return _whole([_output(spec, name, f"*_{name}_*") for name in (SYSTEM_NAMESPACE, *sorted(spec.services))])


def _whole(outputs: list[str]) -> dict[str, str]:
    return {"filters.conf": _FILTERS, "output.conf": "".join(outputs), "parsers.conf": _PARSERS}


def _output(spec: Spec, group: str, match: str) -> str:
    """An output; a line's tag ends in `<pod>_<namespace>_<container>-<id>.log`, and no name holds an underscore."""
    return (
        "[OUTPUT]\n"
        "    Name cloudwatch_logs\n"
        f"    Match {match}\n"
        f"    region {spec.region}\n"
        f"    log_group_name {spec.names.log_group(group)}\n"
        "    log_stream_prefix pod-\n"
        "    auto_create_group false\n"
    )
