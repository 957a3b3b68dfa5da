"""What an editor shows for services.yaml: yaml-language-server, which VS Code and others use, reads the schema."""

import pytest

from modules.paths import ROOT
from modules.permissions import KINDS
from modules.permissions.sqs import SqsOptions
from modules.spec.warning_codes import WARNING_CODES
from modules.synth.json_schema_file import FILE_NAME
from tests.support.language_server import LanguageServer

PLATFORM = "project: shop\nregion: eu-west-1\n"
SERVICE = f"{PLATFORM}services:\n  a:\n"


@pytest.fixture
def server() -> LanguageServer:
    return LanguageServer(ROOT / FILE_NAME)


def test_hover_says_what_a_key_is_and_its_default(server: LanguageServer) -> None:
    assert "Port that the container listens on, or `none` for a worker" in (
        port := server.hover(f"{SERVICE}    |port: 80\n")
    )
    assert "Default: 8080." in port
    assert "Default: 512MB." in server.hover(f"{SERVICE}    |memory: 1GB\n")
    assert "a queue with its dead-letter queue" in server.hover(f"{SERVICE}    aws:\n      |sqs: {{}}\n")
    assert "Default: 30." in server.hover(f"{SERVICE}    aws: {{sqs: {{|visibility_timeout: 3}}}}\n")
    assert "Default: [s3, ecr-api, " in server.hover(f"{PLATFORM}network: {{|endpoints: s3}}\nservices: {{}}\n")


def test_keys_are_completed_inside_mappings(server: LanguageServer) -> None:
    options = {field.alias or name for name, field in SqsOptions.model_fields.items()}
    assert {"of", "from", "visibility_timeout"} < options
    assert server.completion(f"{SERVICE}    aws:\n      sqs:\n        |\n").keys() == options
    assert server.completion(f"{SERVICE}    aws:\n      sqs: {{\n        |\n      }}\n").keys() == options
    assert server.completion(f"{SERVICE}    aws:\n      sqs: {{v|}}\n").keys() == options
    # A known limit of this server, whatever the schema: behind a colon in the same line it offers no key to an empty
    # mapping (addPropertyCompletions in yamlCompletion.js), so between empty braces nothing until a letter is there.
    assert server.completion(f"{SERVICE}    aws:\n      sqs: {{|}}\n") == {}
    existing = {"vpc_id", "public_subnet_ids", "private_subnet_ids"}
    assert {"cidr", "secondary_cidrs", "nat_gateways", "endpoints", "flow_logs", *existing} == server.completion(
        f"{PLATFORM}network: {{c|}}\nservices: {{}}\n"
    ).keys()
    described = server.completion(f"{SERVICE}    |\n")
    assert {"aws", "calls", "env", "image", "path", "pods"} < described.keys()
    assert all(described.values())


def test_kinds_and_codes_are_completed_with_descriptions(server: LanguageServer) -> None:
    codes = server.completion(f"{PLATFORM}accept: [|]\nservices: {{}}\n")
    assert codes == WARNING_CODES
    for text in ("    aws: |\n", "    aws: [|]\n", "    aws:\n      |\n", "    aws:\n      - s3\n      - |\n"):
        kinds = server.completion(SERVICE + text)
        assert kinds.keys() >= KINDS.keys() - {"ses"}
        assert "a queue with its dead-letter queue" in kinds["sqs"]


@pytest.mark.parametrize("aws", ["    aws:\n      - |\n", "    aws:\n      - s3\n      - s|\n", "    aws: [|]\n"])
def test_a_word_in_a_list_of_permissions_is_inserted_as_it_is(server: LanguageServer, aws: str) -> None:
    inserted = server.inserted(SERVICE + aws)
    words = [word for word in KINDS if word != "ses"]
    assert [one for one in inserted if one[0] in words] == [(word, word) for word in words]


def test_options_are_completed_for_a_key_in_a_list_of_permissions(server: LanguageServer) -> None:
    assert "visibility_timeout" in server.completion(f"{SERVICE}    aws:\n      - sqs:\n          |\n")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (f"{SERVICE}    podz: 1\n", 5, "Property podz is not allowed."),
        (f"{SERVICE}    cpu: 0.3\n", 5, "Value is not accepted. Valid values: 0.25, 0.5, 1, 2, 4, 8, 16."),
        (f"{SERVICE}    priority: 3\n", 4, 'Missing property "path".'),
        (f"{SERVICE}    aws: {{ses: {{}}}}\n", 5, 'Missing property "from".'),
        (f"{SERVICE}  platform: {{}}\n", 5, "This name is reserved, or can't name a Kubernetes namespace and Service."),
        (f"{PLATFORM}zones: [a]\nservices: {{}}\n", 3, "Array has too few items. Expected 2 or more."),
    ],
)
def test_what_synth_refuses_is_underlined(server: LanguageServer, text: str, line: int, message: str) -> None:
    assert (line, message) in server.diagnostics(text)


def test_a_valid_file_has_nothing_underlined(server: LanguageServer) -> None:
    assert (
        server.diagnostics(f"{SERVICE}    aws: [sqs, {{dynamodb: {{ttl: expires}}}}]\n    env: {{A: 1, B: true}}\n")
        == []
    )
