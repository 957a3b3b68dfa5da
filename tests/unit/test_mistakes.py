"""Every mistake has a line, a path, what is wrong and the next step; and all of them come in one run."""

import pytest

from modules.checks.check import check
from modules.spec.reserved_names import SERVICE_LENGTH as MAX_LENGTH
from tests.support.run_synth import SHIPPED
from tests.unit.conftest import TODAY, Check, mistakes


def test_the_shipped_file_is_without_mistake_or_warning() -> None:
    result = check(SHIPPED, TODAY)
    assert (result.mistakes, result.warnings) == ([], [])


def test_a_mistyped_permission_is_answered_with_its_line_and_the_right_word(system: Check) -> None:
    assert mistakes(system("order-service:\n  aws: [s3, sqss]")) == (
        'services.yaml:6 services.order-service.aws[1]\n  "sqss" is not a known permission.\n  Did you mean "sqs"?'
    )


@pytest.mark.parametrize(
    ("services", "where", "what", "step"),
    [
        ("a:\n  podz: 1", "6 services.a.podz", '"podz" is not a known key here.', 'Did you mean "pods"?'),
        ("a:\n  pods: 1\n  pods: 2", "7 services.a.pods", "a second time", "Keep one"),
        (
            'a:\n  pods: "3"',
            "6 services.a.pods",
            '"3" stands here, but a whole number is asked for.',
            "Write a whole number",
        ),
        ("a:\n  pods: 1.5", "6 services.a.pods", "a whole number is asked for", "Write a whole number"),
        ("a:\n  pods: 0", "6 services.a.pods", "greater than or equal to 1", "within these limits"),
        ("a:\n  pods: true", "6 services.a.pods", "true stands here, but a whole number", "Write a whole number"),
        (
            "a:\n  pods: 5\n  max_pods: 4",
            "6 services.a.pods",
            "5 pods are more than max_pods, 4. (see line 7)",
            "raise max_pods",
        ),
        ("a: 7", "5 services.a", "7 stands here, but a mapping is asked for.", "Write a mapping"),
        ("a:\n  cpu: .inf", "6 services.a.cpu", "finite", "within these limits"),
        (
            "a:\n  cpu: 0.5\n  memory: 8GB",
            "6 services.a.cpu",
            "Fargate has no pod of 0.5 vCPU with 8GB. 0.5 vCPU goes with 1GB, 2GB, 3GB, 4GB.",
            "`cpu: 0.5` with `memory: 4GB` or `cpu: 1` with `memory: 8GB`",
        ),
        (
            "a:\n  cpu: 3\n  memory: 8GB",
            "6 services.a.cpu",
            "Fargate has no pod of 3 vCPU with 8GB.",
            "`cpu: 2` with `memory: 8GB`",
        ),
        (
            "a:\n  cpu: 4",
            "6 services.a.cpu",
            "Fargate has no pod of 4 vCPU with 512MB (the default). 4 vCPU goes with 8GB to 30GB in steps of 1GB.",
            "Write `memory: 8GB`.",
        ),
        (
            "a:\n  memory: 8GB",
            "6 services.a.memory",
            "Fargate has no pod of 0.25 vCPU (the default) with 8GB.",
            "Write `cpu: 1`.",
        ),
        ("a:\n  memory: 1024", "6 services.a.memory", "1024 is read as a number here", "with its unit, such as 512MB"),
        (
            "a:\n  path:",
            "6 services.a.path",
            "The value is empty, but text or a list is asked for.",
            "Write text or a l",
        ),
        (
            "a:\n  aws: {dynamodb: {partition_key: id}}",
            "6 services.a.aws.dynamodb.partition_key",
            '"id" stands here, but a mapping is asked for.',
            "Write a mapping with the keys name, type, or",
        ),
        (
            "a:\n  aws: {statements: {}}",
            "6 services.a.aws.statements",
            '"statements" is a key of the service, not a permission.',
            "Write it beside `aws:`.",
        ),
        ("a:\n  aws: [kinesis]", "6 services.a.aws[0]", '"kinesis" is not a known permission.', "Known here: s3, rds"),
        ("a:\n  aws: [SQS]", "6 services.a.aws[0]", '"SQS" is not a known permission.', 'Did you mean "sqs"?'),
        (
            "a-service:\n  calls: [order-service]\nuser-service: {}",
            "6 services.a-service.calls[0]",
            'There is no service "order-service".',
            "Known here: a-service, user-service.",
        ),
        ("a:\n  path: [/x, /x]", "6 services.a.path[1]", '"/x" stands here twice.', "Keep one of the two."),
        ("a:\n  priority: 5", "6 services.a.priority", "a priority and no path", "Write `path: …` too"),
        ("a:\n  pods: 50000", "6 services.a.pods", "50000 pods", "`pods:`"),
        ("a:\n  memory: 1G", "6 services.a.memory", '"1G" is not a memory size.', "Write one such as 512MB."),
        (
            "a:\n  image: ghcr.io/shop/a",
            "6 services.a.image",
            '"ghcr.io/shop/a" is not an image with a tag.',
            "Write one such as ghcr.io/shop/a:v1.4.",
        ),
        (
            "a:\n  image: ghcr.io/shop/a:latest",
            "6 services.a.image",
            '"ghcr.io/shop/a:latest" is another image after each push, and no plan shows it.',
            "Write a tag that stays",
        ),
        (
            '"on": {}',
            "5 services.on",
            '"on" is reserved: the platform, AWS, Kubernetes or YAML uses it.',
            "another name",
        ),
        ("a:\n  image: nginx:1.29", "6 services.a.image", "not an image with a tag", "Write one such as v1.4."),
        (
            "a:\n  env: {LOG-LEVEL: x}",
            "6 services.a.env.LOG-LEVEL",
            "not the name of an environment variable",
            "LOG_LEVEL",
        ),
        (
            "a:\n  aws: [sqs]\n  env: {QUEUE_URL: x}",
            "7 services.a.env.QUEUE_URL",
            "QUEUE_URL comes from `aws: sqs`.",
            "Leave it out here.",
        ),
        (
            "a:\n  calls: [b]\n  env: {B_URL: x}\nb: {}",
            "7 services.a.env.B_URL",
            "B_URL comes from `calls:`.",
            "Leave it out here.",
        ),
        (
            "a:\n  aws: [sqs]\n  calls: [queue]\nqueue: {}",
            "7 services.a.calls[0]",
            "The address of queue would be QUEUE_URL, which comes from `aws: sqs`.",
            "Give the other service another name.",
        ),
        ("a:\n  env: {AWS_REGION: x}", "6 services.a.env.AWS_REGION", "AWS_REGION comes from EKS.", "Leave it out"),
        (
            "a:\n  env: {AWS_PROFILE: x}",
            "6 services.a.env.AWS_PROFILE",
            "would hide the IAM role of a",
            "`statements:`",
        ),
        (
            "a: {}\na-database: {}",
            "6 services.a-database",
            '"a-database" is what AWS names of a look like. (see line 5)',
            "Use another name.",
        ),
        ("A_b: {}", "5 services.A_b", "can't name a Kubernetes namespace", "lower-case letters"),
        (f"{'x' * (MAX_LENGTH + 1)}: {{}}", f"5 services.{'x' * 46}", "has 46 characters", "at most 45"),
        ("kube-thing: {}", "5 services.kube-thing", "is reserved", "another name"),
        ("platform: {}", "5 services.platform", "is reserved", "another name"),
        ("keda: {}", "5 services.keda", '"keda" is reserved', "another name"),
        ("own: {}", "5 services.own", '"own" is reserved', "another name"),
        ("aws-observability: {}", "5 services.aws-observability", "is reserved", "another name"),
        (
            "a:\n  path: /x\nb:\n  path: [/y, /x]",
            "8 services.b.path",
            '"/x" is routed to a already. (see line 6)',
            "another path",
        ),
        ("a:\n  path: x", "6 services.a.path", '"x" is not a path.', "such as /api/orders"),
        (
            "a:\n  calls: [payment]\npayments: {}",
            "6 services.a.calls[0]",
            'no service "payment"',
            'Did you mean "payments"?',
        ),
        ("a:\n  calls: [a]", "6 services.a.calls[0]", "a names itself", "Leave it out"),
        ("a:\n  calls: [b, b]\nb: {}", "6 services.a.calls[1]", "b stands in this list twice", "Keep one"),
        ("a:\n  aws: {sns: {of: b}}\nb: {}", "6 services.a.aws.sns.of", "b has no sns of its own", "Write `sns` under"),
        (
            "a:\n  aws: {sqs: {subscribe: [b]}}\nb: {}",
            "6 services.a.aws.sqs.subscribe[0]",
            "b has no sns of its own",
            "Write `sns`",
        ),
        (
            "a:\n  aws: {s3: {of: b}}\nb:\n  aws: {s3: {of: c}}\nc:\n  aws: [s3]",
            "6 services.a.aws.s3.of",
            "of its own",
            "Write `s3`",
        ),
        ("a:\n  aws: [ses]", "6 services.a.aws[0]", "`ses` needs the address or the domain", "ses: {from:"),
        (
            "a:\n  aws: {ses: {from: x@y.com}}\nb:\n  aws: {ses: {from: x@y.com}}",
            "8 services.b.aws.ses",
            '"x@y.com" belongs to a already. (see line 6)',
            "Let one service send",
        ),
        (
            "a:\n  aws: {sqs: {visibility: 1}}",
            "6 services.a.aws.sqs.visibility",
            "not a known key",
            'mean "visibility_timeout"?',
        ),
        ("a:\n  aws: [s3, s3]", "6 services.a.aws[1]", "twice", "Keep one"),
        ("a:\n  aws: sqss", "6 services.a.aws", '"sqss" is not a known permission.', 'Did you mean "sqs"?'),
        ("a:\n  aws: 7", "6 services.a.aws", "7 stands here, but a mapping", "Write a mapping"),
    ],
)
def test_a_mistake_in_a_service_is_named(system: Check, services: str, where: str, what: str, step: str) -> None:
    text = mistakes(system(services))
    assert f"services.yaml:{where}\n" in text
    assert what in text
    assert step in text


@pytest.mark.parametrize(
    ("platform", "where", "what", "step"),
    [
        ("acount: 1", "4 acount", '"acount" is not a known key here.', 'Did you mean "account"?'),
        ("account: 111122223333", "4 account", "111122223333 is read as a number", 'quotes: "111122223333"'),
        (
            "cluster:\n  version: 1.30",
            "5 cluster.version",
            "1.30 is read as a number here",
            'Write it in quotes: "1.30".',
        ),
        ("zones: [a]", "4 zones", "1 zones are too few", "zones: [a, b, c]"),
        ("zones: [a, a]", "4 zones", "twice", "once"),
        ("network: {cidr: 10.0.0.0/24}", "4 network.cidr", "too small", "at least a /21"),
        ("network: {cidr: 10.0.0.0/8}", "4 network.cidr", "larger than a VPC", "at most a /16"),
        ("network: {cidr: 10.0.1.0/16}", "4 network.cidr", "host bits set", "Did you mean 10.0.0.0/16?"),
        (
            "network: {nat_gateways: none}",
            "4 network.nat_gateways",
            '"none" is not known',
            "Known here: per-zone, single",
        ),
        ("cluster: {api_access: [1.2.3.4]}", "4 cluster.api_access[0]", "not an address range", "such as 1.2.3.4/32."),
        ("network: {cidr: 300.0.0.0/16}", "4 network.cidr", "not an address range", "such as 10.0.0.0/16"),
        ("network: {cidr: 11.0.0.0/16}", "4 network.cidr", "not a private range", "10.0.0.0/8"),
        ("network: {endpoints: [s4]}", "4 network.endpoints[0]", '"s4" is not known here', 'Did you mean "s3"?'),
        (
            "cluster: {service_cidr: 10.0.16.0/20}",
            "4 cluster.service_cidr",
            "Services, 10.0.16.0/20, overlap the VPC's 10.0.0.0/16",
            "`service_cidr: 172.20.0.0/16`",
        ),
        ("cluster: {service_cidr: 172.20.0.0/28}", "4 cluster.service_cidr", "EKS does not accept", "/12 to /24"),
        ("cluster: {api_access: [10.0.2.3/32]}", "4 cluster.api_access[0]", "The whole VPC, 10.0.0.0/16", "out"),
        (
            "cluster: {api_access: [8.0.0.0/6]}",
            "4 cluster.api_access[0]",
            "private addresses and public",
            "of their own",
        ),
        ("cluster: {api_access: [1.2.3.4/32, 1.2.3.4/32]}", "4 cluster.api_access[1]", "stands here twice", "once"),
        ("cluster: {api_access: [1.2.3.444/32]}", "4 cluster.api_access[0]", "not an address range", "203.0.113.7/32"),
        ("cluster: {admins: [me]}", "4 cluster.admins[0]", "not the ARN of an IAM role", "arn:aws:iam"),
        (
            "database: {min_acu: 4, max_acu: 2}",
            "4 database.min_acu",
            "min_acu, 4, is more than max_acu, 2.",
            "raise max_acu",
        ),
        ("database: {min_acu: 1.3}", "4 database.min_acu", "1.3 is not a whole or half", "Write 1.5"),
        ('database: {version: "9.6"}', "4 database.version", "not an Aurora PostgreSQL version", "16.13"),
        (
            'database: {version: "12.4"}',
            "4 database.version",
            "Version 12.4 of Aurora PostgreSQL can't be used here",
            "Write 16.13",
        ),
        ('database: {version: "15.3", min_acu: 0}', "4 database.version", "can't pause", "15.7 or later"),
        ("hosted_zone: Z123", "4 hosted_zone", "A hosted zone without a domain", "`domain: …`"),
        ("domain: shop.example.com", "4 domain", "A domain without a hosted zone", "hosted_zone"),
        ("tags: {'aws:x': y}", "4 tags.aws:x", "AWS's own", "another prefix"),
        ("tags: {service: x}", "4 tags.service", '"Service" is set already', "another key"),
        ("tags: {owner: x, Owner: y}", "4 tags.Owner", 'To IAM, "Owner" and "owner" are one key.', "Keep one"),
        ("log_days: 8", "4 log_days", "8 is not known here", "Known here: 1, 3, 5"),
        ("state: {s3: {}}", "4 state.s3.bucket", '"bucket" is missing.', "Write `bucket: …` here."),
        ("project: x", "4 project", "a second time", "Keep one"),
    ],
)
def test_a_mistake_in_the_platform_is_named(system: Check, platform: str, where: str, what: str, step: str) -> None:
    text = mistakes(system(platform=platform + "\n"))
    assert f"services.yaml:{where}\n" in text
    assert what in text
    assert step in text


@pytest.mark.parametrize(
    ("services", "what"),
    [
        ("alarms: {}", '"alarms" is reserved'),
        ("eks-exporter: {}", '"eks-exporter" is reserved'),
        ("a--b: {}", "can't name a Kubernetes namespace"),
        ("a:\n  port: 10250", "10250 is the kubelet's port"),
        ("a:\n  health: '/${x}'", "is not a path to ask for health"),
        ("a:\n  aws: {dynamodb: {sort_key: {name: id}}}", "One attribute of the table stands in two places"),
        ("a:\n  aws: {ses: {from: A@b.com}}\nb:\n  aws: {ses: {from: a@b.com}}", '"a@b.com" belongs to a already'),
    ],
)
def test_what_only_aws_would_refuse_is_a_mistake_here(system: Check, services: str, what: str) -> None:
    assert what in mistakes(system(services))


@pytest.mark.parametrize("project", ["a--b", "sg", "sg-shop", "internal-shop", "xn-shop", "amzn-s3-demo"])
def test_a_project_that_some_service_of_aws_refuses_is_a_mistake(checked: Check, project: str) -> None:
    assert "AWS refuses some names" in mistakes(checked(f"project: {project}\nregion: eu-west-1\nservices: {{}}\n"))


@pytest.mark.parametrize("other", ["role/a/b", "role/a-b", "role/A-B"])
def test_two_admins_with_one_address_are_a_mistake(system: Check, other: str) -> None:
    arns = [f'"arn:aws:iam::111122223333:{name}"' for name in ("role/a-b", other)]
    text = mistakes(system(platform=f"cluster: {{admins: [{', '.join(arns)}]}}\n"))
    assert "services.yaml:4 cluster.admins[1]" in text
    assert "is here already" in text


def test_an_unknown_code_under_accept_is_a_mistake(checked: Check) -> None:
    text = mistakes(checked("project: shop\nregion: eu-west-1\naccept: [nat-trafic]\nservices: {}\n"))
    assert 'services.yaml:3 accept[0]\n  There is no warning "nat-trafic".\n  Did you mean "nat-traffic"?' in text


def test_what_is_missing_is_named(checked: Check) -> None:
    text = mistakes(checked("zones: [a, b]\n"))
    assert [line for line in text.splitlines() if "missing" in line] == [
        '  "project" is missing.',
        '  "region" is missing.',
        '  "services" is missing.',
    ]


def test_a_cycle_of_references_is_printed(system: Check) -> None:
    services = (
        "a:\n  aws: {s3: {of: b}, sns: {}}\nb:\n  aws: {s3: {}, sqs: {of: c}}\nc:\n  aws: {sqs: {subscribe: [a]}}"
    )
    text = mistakes(system(services))
    assert "These services wait for each other: a → b → c → a." in text


def test_two_paths_with_one_priority_ask_for_another(system: Check) -> None:
    text = mistakes(system("a:\n  path: /x\n  priority: 7\nb:\n  path: /y\n  priority: 7"))
    assert 'services.yaml:9 services.b.path\n  The listener rules of "/y" and "/x" both get priority 7.' in text
    assert "Write `priority: 8` into one of the two services." in text


def test_the_101st_routed_service_is_too_many(system: Check) -> None:
    services = "\n".join(f"s{n}:\n  path: /s{n}\n  priority: {n + 1}" for n in range(101))
    text = mistakes(system(services))
    assert "services.s100.path\n  This is service number 101 with a path" in text
    assert "Make it internal" in text
    assert system(services.replace("  path: /s100\n  priority: 101", "  pods: 1")).mistakes == []


def test_a_project_that_postgresql_reserves_is_a_mistake(checked: Check) -> None:
    text = mistakes(checked("project: order\nregion: eu-west-1\nservices: {}\n"))
    assert 'services.yaml:1 project\n  "order" is a reserved word of PostgreSQL' in text


def test_a_project_whose_database_users_rds_keeps_is_a_mistake(checked: Check) -> None:
    text = mistakes(checked("project: rds\nregion: eu-west-1\nservices: {}\n"))
    assert "services.yaml:1 project\n  PostgreSQL and RDS keep users that start with pg_ or rds for themselves." in text


def test_a_database_user_with_the_name_of_the_master_is_a_mistake(checked: Check) -> None:
    services = "services: {admin: {aws: [rds]}}"
    text = mistakes(checked(f"project: database\nregion: eu-west-1\naccept: [private-api]\n{services}\n"))
    assert "services.yaml:4 services.admin\n  The database user of admin would be database_admin" in text


def test_all_mistakes_come_in_one_run(system: Check) -> None:
    text = mistakes(system("a:\n  podz: 1\n  cpu: 3\n  calls: [b]\nkube-x: {}", platform="acount: 1\nzones: [a]\n"))
    for words in ("podz", "3 vCPU", 'no service "b"', "kube-x", "acount", "too few"):
        assert words in text


@pytest.mark.parametrize(
    "platform",
    ["state: {s3: {}}\n", "state: {s3: {bucket: A}}\n", "tags: &t {A: b}\ncluster: *t\n", "tags: !!python/none x\n"],
)
def test_a_value_that_is_left_out_makes_no_second_mistake(system: Check, platform: str) -> None:
    assert len(system(platform=platform).mistakes) == 1


def test_a_size_with_a_memory_that_can_not_be_read_makes_no_second_mistake(system: Check) -> None:
    (mistake,) = system("a:\n  cpu: 4\n  memory: 8").mistakes
    assert mistake.path[-1] == "memory"


def test_a_statement_that_is_wrong_in_two_places_makes_no_third_mistake(system: Check) -> None:
    wrong = "a:\n  statements: {X: {actions: ['*'], resources: ['x']}}\nb:\n  calls: [a]"
    assert [problem.path[-2:] for problem in system(wrong).mistakes] == [("actions", 0), ("resources", 0)]


def test_a_place_that_is_wrong_in_itself_makes_no_second_mistake(system: Check) -> None:
    text = mistakes(system('a:\n  pods: "3"\n  max_pods: 1\nb: 7\nc:\n  calls: [b]'))
    assert text.count("services.yaml:") == 2


def test_a_single_word_can_stand_for_a_list_of_one(system: Check) -> None:
    arn = "arn:aws:iam::111122223333:role/platform"
    statement = "{actions: 'ssm:GetParameter', resources: 'arn:aws:ssm:eu-west-1:111122223333:parameter/a'}"
    result = system(
        f"a:\n  aws: sqs\n  calls: b\n  command: ./run\n  statements: {{Read: {statement}}}\nb:\n  aws: {{sns: {{}}}}",
        platform=f"cluster: {{api_access: 8.8.8.8/32, admins: '{arn}'}}\n",
    )
    assert result.spec is not None, mistakes(result)
    a, cluster = result.spec.services["a"], result.spec.cluster
    assert (list(a.permissions), a.calls, a.command) == (["sqs"], ("b",), ("./run",))
    assert (a.statements["Read"].actions, cluster.api_access, cluster.admins) == (
        ("ssm:GetParameter",),
        ("8.8.8.8/32",),
        (arn,),
    )


@pytest.mark.parametrize(("written", "seconds"), [("90", 90), ("90s", 90), ("5m", 300)])
def test_a_time_is_in_seconds_or_has_a_unit(system: Check, written: str, seconds: int) -> None:
    result = system(f"a:\n  aws: {{sqs: {{visibility_timeout: {written}}}}}")
    assert result.spec is not None, mistakes(result)
    assert result.spec.services["a"].permissions["sqs"].model_dump()["visibility_timeout"] == seconds


def test_a_time_has_its_limits_whatever_its_unit(system: Check) -> None:
    text = mistakes(system("a:\n  aws: {sqs: {visibility_timeout: 721m}}"))
    assert "services.yaml:6 services.a.aws.sqs.visibility_timeout\n" in text
    assert "less than or equal to 43200" in text


def test_variables_and_conditions_take_numbers_and_truth_values_as_they_are_written(system: Check) -> None:
    statement = (
        "{actions: 'ssm:GetParameter', resources: '*', reason: x, conditions: {Bool: {'aws:SecureTransport': true}}}"
    )
    env = "{A: 1.10, B: 0x1F, C: ON, D: true, E: 1_000, F: 2026-01-01, G: '1', H: 010}"
    result = system(f"a:\n  env: {env}\n  statements: {{Read: {statement}}}")
    assert result.spec is not None, mistakes(result)
    a = result.spec.services["a"]
    assert dict(zip("ABCDEFGH", a.env.values(), strict=True)) == {
        "A": "1.10",
        "B": "0x1F",
        "C": "ON",
        "D": "true",
        "E": "1_000",
        "F": "2026-01-01",
        "G": "1",
        "H": "010",
    }
    assert a.statements["Read"].conditions == {"Bool": {"aws:SecureTransport": ("true",)}}


@pytest.mark.parametrize("value", ["null", "{}", "[]", "[[a]]"])
def test_a_condition_of_another_kind_is_a_mistake(system: Check, value: str) -> None:
    condition = f"conditions: {{Bool: {{'aws:SecureTransport': {value}}}}}"
    statement = f"{{actions: 'ssm:GetParameter', resources: '*', reason: x, {condition}}}"
    text = mistakes(system(f"a:\n  statements: {{Read: {statement}}}"))
    assert "services.yaml:6 services.a.statements.Read.conditions.Bool.aws:SecureTransport" in text
