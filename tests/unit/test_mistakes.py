"""Every mistake has a line, a path, what is wrong and the next step; and all of them come in one run."""

import json

import pytest

from modules.checks.check import check
from modules.facts import eks, vpc
from modules.spec.reserved_names import SERVICE_LENGTH
from tests.support import image_references
from tests.support.run_synth import SHIPPED
from tests.unit.conftest import TODAY, Check, mistakes


def test_the_shipped_file_is_without_mistake_or_warning() -> None:
    result = check(SHIPPED, TODAY)
    assert (result.mistakes, result.warnings) == ([], [])


def test_a_mistyped_permission_is_answered_with_its_line_and_the_right_word(system: Check) -> None:
    assert mistakes(system("order-service:\n  aws: [s3, sqss]")) == (
        'services.yaml:6 services.order-service.aws[1]\n  "sqss" is not a valid permission.\n  Did you mean "sqs"?'
    )


LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
LONG = "x" * (SERVICE_LENGTH + 1)

_PRIVATE = "private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e]"
_THREE = "private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e, subnet-0a1b2c3f]"
_TWICE = "private_subnet_ids: [subnet-0a1b2c3d, subnet-0a1b2c3e, subnet-0a1b2c3d]"
_IN_VPC = "zones: [a, b]\nnetwork: {vpc_id: vpc-0a1b2c3d, endpoints: []"
_LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2"
_SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf"
_NO_BALANCER = "load_balancer: none\n"
_BOUNDARY = "arn:aws:iam::111122223333:policy/shop-boundary"
_OIDC = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
_APPLIES = "repo:acme/shop:environment:production"
_TEAM = "'arn:aws:iam::111122223333:role/team'"
_DEPLOYS = f"cluster: {{teams: {{a: {{services: b, role: {_TEAM}, access: deploy}}}}}}"

_FILES = "{aws: {s3: {adopt: {name: files}}}}"

# What is written, then line and path, what is wrong, and the next step.
_STATEMENT = "a:\n  statements: {R: {actions: a:x, resources: 'arn:aws:ssm:eu-west-1:111122223333:parameter/a'}}"
SERVICES = [
    (
        f"a: {_FILES}\nb: {_FILES}",
        "6 services.b.aws.s3.adopt.name",
        "files is adopted twice. (see line 5)",
        "Let one service have it, and the other reach it by `of:`.",
    ),
    (
        "a:\n  aws: {sns: {adopt: {arn: 'arn:aws:sns:eu-west-2:111122223333:a'}}}",
        "6 services.a.aws.sns.adopt.arn",
        "It is in eu-west-2, and the system in eu-west-1. (see line 2)",
        "Adopt what is in eu-west-1.",
    ),
    (
        "a:\n  aws: {sns: {adopt: {arn: 'arn:aws:sns:eu-west-1:111122223333:a.fifo'}}}",
        "6 services.a.aws.sns.adopt.arn",
        '"arn:aws:sns:eu-west-1:111122223333:a.fifo" is not the ARN of a topic.',
        "Write a value such as arn:aws:sns:eu-west-1:111122223333:orders.",
    ),
    (
        "a:\n  aws: {sqs: {of: b, adopt: {url: 'https://sqs.eu-west-1.amazonaws.com/111122223333/a'}}}\nb: {aws: sqs}",
        "6 services.a.aws.sqs.adopt",
        "`adopt` can't be set together with `of`: the resource belongs to b.",
        "Move it under `aws:` of b, or remove `of`.",
    ),
    (
        f"a:\n  aws: {{secrets: {{of: b, adopt: {{arn: '{_SECRET}'}}}}}}\nb: {{aws: secrets}}",
        "6 services.a.aws.secrets.adopt",
        "`adopt` can't be set together with `of`: the resource belongs to b.",
        "Move it under `aws:` of b, or remove `of`.",
    ),
    (
        "a:\n  repository: {adopt: {name: a, kms_key: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd'}}",
        "6 services.a.repository.adopt.kms_key",
        "`kms_key` has no effect with `encryption: AES256`.",
        "Write `encryption: KMS`, or remove `kms_key`.",
    ),
    (
        "reminders: {schedule: '30 9 * * *'}",
        "5 services.reminders.schedule",
        '"schedule" is a key of a job, and a job belongs to a service, whose image and rights it has.',
        "Write `jobs: {reminders: {schedule: …}}` into that service.",
    ),
    (
        "a:\n  podz: 1",
        "6 services.a.podz",
        '"podz" is not a valid key.',
        'Did you mean "pods"?',
    ),
    (
        "a:\n  pods: 1\n  pods: 2",
        "7 services.a.pods",
        'The key "pods" is here a second time; the first is on line 6.',
        "Remove one of the two.",
    ),
    (
        'a:\n  pods: "3"',
        "6 services.a.pods",
        '"3" is not a whole number.',
        "Write 3, without quotes.",
    ),
    (
        "a:\n  pods: 1.5",
        "6 services.a.pods",
        "1.5 is not a whole number.",
        "Write a whole number.",
    ),
    (
        "a:\n  pods: 2.0",
        "6 services.a.pods",
        "2.0 is not a whole number.",
        "Write 2.",
    ),
    (
        "a:\n  pods: -1",
        "6 services.a.pods",
        "pods is -1; it must be at least 0.",
        "Write 0 or more.",
    ),
    (
        "a:\n  pods: true",
        "6 services.a.pods",
        "true is not a whole number.",
        "Write a whole number.",
    ),
    (
        "a:\n  pods: 5\n  max_pods: 4",
        "6 services.a.pods",
        "pods, 5, is greater than max_pods, 4. (see line 7)",
        "Lower pods or raise max_pods.",
    ),
    (
        "a: 7",
        "5 services.a",
        "7 is not a mapping.",
        "Write a mapping.",
    ),
    (
        "a:\n  cpu: .inf",
        "6 services.a.cpu",
        "inf is not a valid value. It should be a finite number.",
        "Write a valid value.",
    ),
    (
        "a:\n  cpu: 0.5\n  memory: 8GB",
        "6 services.a.cpu",
        "Fargate offers no pod of 0.5 vCPU with 8GB. With 0.5 vCPU it offers 1GB, 2GB, 3GB, 4GB. (see line 7)",
        "The nearest sizes: `cpu: 0.5` with `memory: 4GB` or `cpu: 1` with `memory: 8GB`.",
    ),
    (
        "a:\n  cpu: 3\n  memory: 8GB",
        "6 services.a.cpu",
        "Fargate offers no pod of 3 vCPU with 8GB. (see line 7)",
        "The nearest sizes: `cpu: 4` with `memory: 8GB` or `cpu: 2` with `memory: 8GB`.",
    ),
    (
        "a:\n  cpu: 4",
        "6 services.a.cpu",
        "Fargate offers no pod of 4 vCPU with 512MB (the default). With 4 vCPU it offers 8GB to 30GB in steps of 1GB.",
        "Write `memory: 8GB`.",
    ),
    (
        "a:\n  memory: 8GB",
        "6 services.a.memory",
        "Fargate offers no pod of 0.25 vCPU (the default) with 8GB. With 0.25 vCPU it offers 512MB, 1GB, 2GB.",
        "Write `cpu: 1`.",
    ),
    (
        "a:\n  memory: 1024",
        "6 services.a.memory",
        "1024 is not in MB or GB.",
        "Write `memory: 1GB`.",
    ),
    (
        "a:\n  path:",
        "6 services.a.path",
        "The value is empty; a string or a list is required.",
        "Write a string or a list, or remove the key.",
    ),
    (
        "a:\n  aws: {dynamodb: {partition_key: id}}",
        "6 services.a.aws.dynamodb.partition_key",
        '"id" is not a mapping.',
        "Write a mapping with the keys name, type.",
    ),
    (
        "a:\n  aws: {statements: {}}",
        "6 services.a.aws.statements",
        '"statements" is a key of the service, not a permission.',
        "Move it out of `aws:`.",
    ),
    (
        "a:\n  aws: [kinesis]",
        "6 services.a.aws[0]",
        '"kinesis" is not a valid permission.',
        "Valid values: s3, rds, redis, secrets, sqs, sns, dynamodb, kms, cloudwatch, ses, athena, glue, redshift.",
    ),
    (
        "a:\n  aws: [SQS]",
        "6 services.a.aws[0]",
        '"SQS" is not a valid permission.',
        'Did you mean "sqs"?',
    ),
    (
        "a-service:\n  calls: [order-service]\nuser-service: {}",
        "6 services.a-service.calls[0]",
        'There is no service "order-service".',
        "Valid values: a-service, user-service.",
    ),
    (
        "a:\n  path: [/x, /x]",
        "6 services.a.path[1]",
        '"/x" is listed twice.',
        "Remove this one.",
    ),
    (
        "a:\n  priority: 5",
        "6 services.a.priority",
        "a has a priority but no path, so there is no listener rule for it.",
        "Add `path: …`, or remove `priority`.",
    ),
    (
        "a:\n  pods: 50000",
        "6 services.a.pods",
        "50000 pods need more than the 24561 addresses of the private subnets of 10.0.0.0/16.",
        "Lower `pods:`.",
    ),
    (
        "a:\n  memory: 1G",
        "6 services.a.memory",
        "1G is not in MB or GB.",
        "Write `memory: 1GB`.",
    ),
    (
        "a:\n  image: ghcr.io/shop/a",
        "6 services.a.image",
        '"ghcr.io/shop/a" is not an image with a tag.',
        "Write a value such as ghcr.io/shop/a:v1.4.",
    ),
    (
        "a:\n  image: ghcr.io/shop/a:latest",
        "6 services.a.image",
        '"ghcr.io/shop/a:latest" can be a different image after every push, and no plan shows the change.',
        "Write a fixed tag such as v1.4, or a digest.",
    ),
    (
        '"on": {}',
        "5 services.on",
        '"on" is reserved by the platform, AWS, Kubernetes or YAML.',
        "Use another name.",
    ),
    (
        "a:\n  image: nginx:1.29",
        "6 services.a.image",
        '"nginx:1.29" has no registry: a name without a slash is read as a tag of the service\'s own repository.',
        "Write docker.io/library/nginx:1.29.",
    ),
    (
        "a:\n  env: {1-LEVEL: x}",
        "6 services.a.env.1-LEVEL",
        '"1-LEVEL" has a dot or a hyphen, and a shell that starts the program would drop that variable.',
        "Write a name of letters, digits and underscores, such as LOG_LEVEL.",
    ),
    (
        "a:\n  aws: [sqs]\n  env: {QUEUE_URL: x}",
        "7 services.a.env.QUEUE_URL",
        "QUEUE_URL is set by `aws: sqs`.",
        "Remove it from `env:`.",
    ),
    (
        "a:\n  calls: [b]\n  env: {B_URL: x}\nb: {}",
        "7 services.a.env.B_URL",
        "B_URL is set by `calls:`.",
        "Remove it from `env:`.",
    ),
    (
        "a:\n  aws: [sqs]\n  calls: [queue]\nqueue: {}",
        "7 services.a.calls[0]",
        "The address of queue would be in the variable QUEUE_URL, which is set by `aws: sqs`.",
        "Rename the other service.",
    ),
    (
        "a:\n  env: {AWS_REGION: x}",
        "6 services.a.env.AWS_REGION",
        "AWS_REGION is set by EKS.",
        "Remove it from `env:`.",
    ),
    (
        "a:\n  env: {AWS_PROFILE: x}",
        "6 services.a.env.AWS_PROFILE",
        "AWS_PROFILE would hide the IAM role of a from its own pods.",
        "Remove it: list what the service needs under `aws:` or `statements:`.",
    ),
    (
        "a:\n  aws: [sqs]\n  calls: [b]\n  env: {URL: 'x://$(QUEUE_URL)/$(QUEUE)', LEVEL: x}\nb: {}",
        "8 services.a.env.URL",
        "URL refers to $(QUEUE), and a has no such variable.",
        "Valid values: B_URL, HOME, LEVEL, QUEUE_URL. For the text itself, write $$(QUEUE).",
    ),
    (
        "a:\n  aws: [rds]\n  env: {P: $(DATABASE_PASSWORD)}",
        "7 services.a.env.P",
        "P refers to $(DATABASE_PASSWORD), and a has no such variable.",
        "Write `rds: {login: password}` under `aws:`. For the text itself, write $$(DATABASE_PASSWORD).",
    ),
    (
        "a:\n  env:\n    A: $(B)\n    B: x$(A)",
        "7 services.a.env.A",
        "A and B refer to each other. (see line 8)",
        "Write the value itself in place of a $(…).",
    ),
    (
        "a:\n  env: {A: $(A)}",
        "6 services.a.env.A",
        "A refers to itself.",
        "Write the value itself in place of a $(…).",
    ),
    (
        "a: {}\na-stores: {}",
        "6 services.a-stores",
        'AWS names of "a-stores" would clash with those of a. (see line 5)',
        "Use another name.",
    ),
    (
        "b: {renamed_from: a}\na-stores: {}",
        "6 services.a-stores",
        'AWS names of "a-stores" would clash with those of b. (see line 5)',
        "Use another name.",
    ),
    (
        "a: {}\nb: {renamed_from: a}",
        "5 services.a",
        '"a" is reserved: b had this name, and its state and AWS names keep it. (see line 6)',
        "Use another name.",
    ),
    (
        "b: {renamed_from: a}\nc: {renamed_from: [x, a]}",
        "6 services.c.renamed_from[1]",
        "b had the name a too, and only one of the two can keep what it names. (see line 5)",
        "Remove one of the two.",
    ),
    (
        "a-queue: {renamed_from: [x, a]}",
        "5 services.a-queue",
        '"a-queue" could be "queue" of a: Terraform would have the same addresses for both.',
        'Use a name that does not begin with "a-".',
    ),
    (
        "A_b: {}",
        "5 services.A_b",
        '"A_b" is not a valid name for a Kubernetes namespace and Service.',
        "Use lower-case letters, digits and single hyphens; start with a letter, end with a letter or digit.",
    ),
    (
        f"{LONG}: {{}}",
        f"5 services.{LONG}",
        f'"{LONG}" has 46 characters, and the Helm release "{LONG}-network" can have at most 53.',
        "Use at most 45 characters.",
    ),
    (
        "kube-thing: {}",
        "5 services.kube-thing",
        '"kube-thing" is reserved by the platform, AWS, Kubernetes or YAML.',
        "Use another name.",
    ),
    (
        "platform: {}",
        "5 services.platform",
        '"platform" is reserved by the platform, AWS, Kubernetes or YAML.',
        "Use another name.",
    ),
    (
        "keda: {}",
        "5 services.keda",
        '"keda" is reserved by the platform, AWS, Kubernetes or YAML.',
        "Use another name.",
    ),
    (
        "own: {}",
        "5 services.own",
        '"own" is reserved by the platform, AWS, Kubernetes or YAML.',
        "Use another name.",
    ),
    (
        "aws-observability: {}",
        "5 services.aws-observability",
        '"aws-observability" is reserved by the platform, AWS, Kubernetes or YAML.',
        "Use another name.",
    ),
    (
        "a:\n  path: /x\nb:\n  path: [/y, /x]",
        "8 services.b.path",
        '"/x" is already routed to a. (see line 6)',
        "Give one of the two another path.",
    ),
    (
        "a:\n  path: x",
        "6 services.a.path",
        '"x" is not a path.',
        "Write a value such as /api/orders.",
    ),
    (
        "a:\n  calls: [payment]\npayments: {}",
        "6 services.a.calls[0]",
        'There is no service "payment".',
        'Did you mean "payments"?',
    ),
    (
        "a:\n  calls: [a]",
        "6 services.a.calls[0]",
        "a refers to itself.",
        "Remove it: a service can reach what is its own.",
    ),
    (
        "a:\n  calls: [b, b]\nb: {}",
        "6 services.a.calls[1]",
        "b is listed twice.",
        "Remove this one.",
    ),
    (
        "a:\n  aws: {sns: {of: b}}\nb: {}",
        "6 services.a.aws.sns.of",
        "b has no sns of its own.",
        "Add `sns` under `aws:` of b, or remove this.",
    ),
    (
        "a:\n  aws: {sqs: {subscribe: [b]}}\nb: {}",
        "6 services.a.aws.sqs.subscribe[0]",
        "b has no sns of its own.",
        "Add `sns` under `aws:` of b, or remove this.",
    ),
    (
        "a:\n  aws: {s3: {of: b}}\nb:\n  aws: {s3: {of: c}}\nc:\n  aws: [s3]",
        "6 services.a.aws.s3.of",
        "b has no s3 of its own. (see line 8)",
        "Add `s3` under `aws:` of b, or remove this.",
    ),
    (
        "a:\n  aws: [ses]",
        "6 services.a.aws[0]",
        "`ses` needs either the address or the domain that mail is sent from.",
        "Write `ses: {from: no-reply@example.com}` or `ses: {domain: example.com}`.",
    ),
    (
        "a:\n  aws: {ses: {from: x@y.com}}\nb:\n  aws: {ses: {from: x@y.com}}",
        "8 services.b.aws.ses",
        '"x@y.com" already belongs to a. (see line 6)',
        "Let one service send the mail, or give each its own address.",
    ),
    (
        "a:\n  aws: {sqs: {visibility: 1}}",
        "6 services.a.aws.sqs.visibility",
        '"visibility" is not a valid key.',
        'Did you mean "visibility_timeout"?',
    ),
    (
        "a:\n  aws: [s3, s3]",
        "6 services.a.aws[1]",
        '"s3" is listed twice.',
        "Remove this one.",
    ),
    (
        "a:\n  aws: sqss",
        "6 services.a.aws",
        '"sqss" is not a valid permission.',
        'Did you mean "sqs"?',
    ),
    (
        "a:\n  aws: 7",
        "6 services.a.aws",
        "7 is not a mapping.",
        "Write a mapping.",
    ),
    (
        "a:\n  cpu: 1024\n  memory: 2048MB",
        "6 services.a.cpu",
        "1024 is 1 vCPU in the CPU units of ECS.",
        "Write `cpu: 1`.",
    ),
    (
        "a:\n  cpu: 1024",
        "6 services.a.cpu",
        "1024 is 1 vCPU in the CPU units of ECS.",
        "Write `cpu: 1` with `memory: 2GB`.",
    ),
    (
        "a:\n  cpu: 500m",
        "6 services.a.cpu",
        "500m is 0.5 vCPU in the units of Kubernetes.",
        "Write `cpu: 0.5` with `memory: 1GB`.",
    ),
    (
        "a:\n  cpu: 500m\n  memory: 1Gi",
        "6 services.a.cpu",
        "500m is 0.5 vCPU in the units of Kubernetes.",
        "Write `cpu: 0.5`.",
    ),
    (
        "a:\n  cpu: 0.5\n  memory: 2Gi",
        "7 services.a.memory",
        "2Gi is not in MB or GB.",
        "Write `memory: 2GB`.",
    ),
    (
        "a:\n  cpu: 256\n  memory: 512",
        "6 services.a.cpu",
        "256 is 0.25 vCPU in the CPU units of ECS.",
        "Write `cpu: 0.25`.",
    ),
    (
        "a:\n  cpu: 256\n  memory: 512",
        "7 services.a.memory",
        "512 is not in MB or GB.",
        "Write `memory: 512MB`.",
    ),
    (
        "a:\n  memory: 3Gi",
        "6 services.a.memory",
        "3Gi is not in MB or GB.",
        "Write `memory: 3GB` with `cpu: 0.5`.",
    ),
    (
        "a:\n  cpu: '0.25'",
        "6 services.a.cpu",
        '"0.25" is not a number.',
        "Write 0.25, without quotes.",
    ),
    (
        "a:\n  cpu: lots",
        "6 services.a.cpu",
        '"lots" is not a number.',
        "Write a number.",
    ),
    (
        "a:\n  image: ${TAG}",
        "6 services.a.image",
        '"${TAG}" contains a variable, and services.yaml is read without substitution.',
        "Write the tag itself, such as v1.4; let the pipeline write it into the file.",
    ),
    (
        "a:\n  image: Example/Api:v1",
        "6 services.a.image",
        '"Example/Api:v1" has capital letters, which the name of an image can\'t have.',
        "Write example/api:v1.",
    ),
    (
        "a:\n  image: https://ghcr.io/example/api:v1",
        "6 services.a.image",
        '"https://ghcr.io/example/api:v1" is a URL, and an image reference has no scheme.',
        "Write ghcr.io/example/api:v1.",
    ),
    (
        "a:\n  image: v1@sha256:abc",
        "6 services.a.image",
        '"v1@sha256:abc" has no valid digest: a digest is sha256: and 64 hexadecimal digits.',
        "Copy the whole digest from the registry.",
    ),
    (
        "a:\n  image: 1.27",
        "6 services.a.image",
        "1.27 is parsed as a number; a string is required.",
        'Write "1.27", with quotes.',
    ),
    (
        "a:\n  health: false",
        "6 services.a.health",
        "false is not a path, a mapping or `none`.",
        "Write `none`.",
    ),
    (
        "a:\n  health: 7",
        "6 services.a.health",
        "7 is not a path, a mapping or `none`.",
        "Write a path such as /healthz, or `none`.",
    ),
    (
        "a:\n  env: {spring.datasource.url: x}",
        "6 services.a.env.spring.datasource.url",
        '"spring.datasource.url" has a dot or a hyphen, and a shell that starts the program would drop that variable.',
        "Write SPRING_DATASOURCE_URL: frameworks such as Spring read the same setting from it.",
    ),
    (
        "a:\n  writable: {/tmp: empty}",
        "6 services.a.writable./tmp",
        "/tmp is writable already.",
        "Remove it.",
    ),
    (
        "a:\n  writable: {/proc/x: empty}",
        "6 services.a.writable./proc/x",
        "/proc is mounted by Kubernetes.",
        "Let the program write elsewhere.",
    ),
    (
        "a:\n  writable: {/etc/../x: empty}",
        "6 services.a.writable./etc/../x",
        '"/etc/../x" is not a path in a container.',
        "Write a value such as /var/cache/nginx.",
    ),
    (
        "a:\n  files: {/etc/a.yaml: config/none.yaml}",
        "6 services.a.files./etc/a.yaml",
        '"config/none.yaml" is not used: it can\'t be read: No such file or directory.',
        "Name a text file of the repository, beside services.yaml or below its folder.",
    ),
    (
        "a:\n  files: {/etc/a.yaml: ../a.yaml}",
        "6 services.a.files./etc/a.yaml",
        '"../a.yaml" is not the path of a file beside services.yaml.',
        "Write a value such as config/app.yaml.",
    ),
    (
        "a:\n  files: {/etc/a.yaml: {text: x}}",
        "6 services.a.files./etc/a.yaml",
        "A mapping is not a string.",
        "Write a string.",
    ),
    (
        "a:\n  files: {etc/a.yaml: services.yaml}",
        "6 services.a.files.etc/a.yaml",
        '"etc/a.yaml" is not a path in a container.',
        "Write a value such as /var/cache/nginx.",
    ),
    (
        "a:\n  files: {/run/secrets/a: services.yaml}",
        "6 services.a.files./run/secrets/a",
        "/run/secrets is mounted by Kubernetes or the chart.",
        "Let the program read it from elsewhere.",
    ),
    (
        "a:\n  files: {/etc/a: services.yaml, /etc/a/b: services.yaml}",
        "6 services.a.files./etc/a",
        "/etc/a is a file, and /etc/a/b would be mounted there.",
        "Give one of them another path.",
    ),
    (
        "a:\n  files: {/etc/a: services.yaml}\n  writable: {/etc/a: empty}",
        "6 services.a.files./etc/a",
        "/etc/a is a file, and /etc/a would be mounted there. (see line 7)",
        "Give one of them another path.",
    ),
    (
        "a:\n  image: v1\n  sidecars: {server: {}}",
        "7 services.a.sidecars.server",
        'A container of the chart is called "server".',
        "Use another name.",
    ),
    (
        "a:\n  init: {one: {}}\n  sidecars: {one: {}}",
        "6 services.a.init.one",
        "one is the name of a sidecar. (see line 7)",
        "Use another name.",
    ),
    (
        "a:\n  sidecars:\n    one: {cpu: 0.25, memory: 1GB}",
        "6 services.a.sidecars",
        "The sidecars take 0.25 vCPU, 1024 MiB of the pod's 0.25 vCPU, 256 MiB: less than 0.05 vCPU, 64 MiB is left.",
        "Write `cpu: 0.5` with `memory: 2GB`, or smaller sidecars.",
    ),
    (
        "a:\n  sidecars:\n    one: {memory: 500GB}",
        "6 services.a.sidecars",
        "The sidecars take 0.05 vCPU, 512000 MiB of the pod's 0.25 vCPU, 256 MiB: less than 0.05 vCPU, 64 MiB is left.",
        "Write smaller sidecars: Fargate has no pod that is large enough.",
    ),
    (
        "a:\n  sidecars:\n    one: {memory: 64Mi}",
        "7 services.a.sidecars.one.memory",
        '"64Mi" is not a memory size.',
        "Write a value such as 512MB.",
    ),
    (
        "a:\n  sidecars:\n    one: {cpu: 100m}",
        "7 services.a.sidecars.one.cpu",
        '"100m" is not a number.',
        "Write a number.",
    ),
    (
        "a:\n  sidecars:\n    one: {cpu: 17}",
        "7 services.a.sidecars.one.cpu",
        "cpu is 17; it must be at most 16.",
        "Write 16 or less.",
    ),
    (
        "a:\n  sidecars:\n    one: {image: v1}",
        "7 services.a.sidecars.one.image",
        '"v1" is not an image with its registry and a tag.',
        "Write a value such as docker.io/envoyproxy/envoy:v1.36.0.",
    ),
    (
        "a:\n  init:\n    one: {image: 'ghcr.io/a/b:latest'}",
        "7 services.a.init.one.image",
        '"ghcr.io/a/b:latest" can be a different image after every push, and no plan shows the change.',
        "Write a fixed tag such as v1.4, or a digest.",
    ),
    (
        "a:\n  init:\n    one: {env: {AWS_REGION: x}}",
        "7 services.a.init.one.env.AWS_REGION",
        "AWS_REGION is set by EKS.",
        "Remove it from `env:`.",
    ),
    (
        "a:\n  env: {OWN: x}\n  init:\n    one: {image: 'ghcr.io/a/b:1', env: {B: $(OWN)}}",
        "8 services.a.init.one.env.B",
        "B refers to $(OWN), and a has no such variable.",
        "Valid values: HOME. For the text itself, write $$(OWN).",
    ),
    (
        "a:\n  aws: {rds: {login: password}}\n  init:\n    one: {image: 'ghcr.io/a/b:1', env: {B: $(DATABASE_URL)}}",
        "8 services.a.init.one.env.B",
        "B refers to $(DATABASE_URL), which only containers with the service's own image are given.",
        "Run that image: remove `image:` of this container. For the text itself, write $$(DATABASE_URL).",
    ),
    (
        "a:\n  secrets: {S: {from: s}}\n  init:\n    one: {image: 'ghcr.io/a/b:1', env: {B: $(S)}}",
        "8 services.a.init.one.env.B",
        "B refers to $(S), a secret variable, which only containers with the service's own image are given.",
        "Give it as a file under `secrets:`, which all containers can read. For the text itself, write $$(S).",
    ),
    (
        "a:\n  storage: 200",
        "6 services.a.storage",
        "storage is 200; it must be at most 175.",
        "Write 175 or less.",
    ),
    (
        "a:\n  storage: 50GB",
        "6 services.a.storage",
        '"50GB" is not a whole number.',
        "Write a whole number.",
    ),
    (
        "a:\n  pull_secret: My_Secret",
        "6 services.a.pull_secret",
        '"My_Secret" is not a name without dots.',
        "Write a value such as user-db.",
    ),
    (
        "a:\n  aliases: {a: db.example.com}",
        "6 services.a.aliases.a",
        "a is the service's own name.",
        "Use another name.",
    ),
    (
        "a:\n  calls: b\n  aliases: {b: db.example.com}\nb: {}",
        "7 services.a.aliases.b",
        "b is the name of a service under `calls:`. (see line 6)",
        "Use another name.",
    ),
    (
        "a:\n  aliases: {db: 10.0.0.7}",
        "6 services.a.aliases.db",
        '"10.0.0.7" is not a host name.',
        "Write a value such as db.example.com.",
    ),
    (
        "a:\n  labels: {app.kubernetes.io/name: b}",
        "6 services.a.labels.app.kubernetes.io/name",
        "What starts with app.kubernetes.io/ is set by Kubernetes, EKS or the chart.",
        "Use a prefix of your own, such as example.com/.",
    ),
    (
        "a:\n  aws: {redshift: {of: b}}\nb: {}",
        "6 services.a.aws.redshift.of",
        '"of" is not a valid key: `redshift` can\'t be that of another service.',
        "Remove it: each service has its own.",
    ),
    (
        "a:\n  aws: {rds: {of: wen}}\nweb:\n  aws: [rds]",
        "6 services.a.aws.rds.of",
        'There is no service "wen".',
        'Did you mean "web"?',
    ),
    (
        "a:\n  aws: {redis: {of: zzz}}\nweb:\n  aws: [redis]",
        "6 services.a.aws.redis.of",
        'There is no service "zzz".',
        "Valid values: a, web.",
    ),
    (
        "a:\n  aws: {rds: {of: b}}\nb: {}\nweb:\n  aws: [rds]",
        "6 services.a.aws.rds.of",
        "b has no rds of its own.",
        "Add `rds` under `aws:` of b, or remove this. These have one: web.",
    ),
    (
        "a:\n  aws: {rds: {access: write}}",
        "6 services.a.aws.rds.access",
        "`access` without `of` has no effect: a service has full access to its own resource.",
        "Add `of: <service>`, or remove `access`.",
    ),
    (
        "a:\n  aws: {redis: {of: b, prefix: none}}\nb:\n  aws: [redis]",
        "6 services.a.aws.redis.prefix",
        "`prefix` can't be set together with `of`: the resource belongs to b.",
        "Move it under `aws:` of b, or remove `of`.",
    ),
    (
        "a:\n  aws: {redis: {prefix: none}}\nb:\n  aws: [redis]\nc:\n  aws: {redis: {of: a}}",
        "6 services.a.aws.redis.prefix",
        "`prefix: none` opens every key of the cache, and b has keys of their own there. (see line 8)",
        "Remove `prefix`, or write `redis: {of: a}` for the others.",
    ),
    (
        "a:\n  aws: {rds: {login: passwords}}",
        "6 services.a.aws.rds.login",
        '"passwords" is not a valid value.',
        'Did you mean "password"?',
    ),
    (
        "a:\n  aws: {redis: {login: password}}\n  env: {REDIS_PASSWORD: secret}",
        "7 services.a.env.REDIS_PASSWORD",
        "REDIS_PASSWORD is set by `aws: redis`.",
        "Remove it from `env:`.",
    ),
    (
        "a:\n  aws: {redis: {prefix: sessions}}",
        "6 services.a.aws.redis.prefix",
        '"sessions" is not a valid value.',
        "Valid values: none.",
    ),
    (
        "a:\n  health: {healthy_threshold: 3}",
        "6 services.a.health.healthy_threshold",
        '"healthy_threshold" is not a valid key.',
        'Did you mean "healthy"?',
    ),
    (
        "a:\n  secrets: {API_KEY: hunter2}",
        "6 services.a.secrets.API_KEY",
        "This is not where a secret value is found, and the value itself must not be in services.yaml.",
        "Write `own`, a secret's name with a slash, such as shared/sentry, {of: web}, or {from: arn:…, key: dsn}.",
    ),
    (
        "a:\n  secrets: {API_KEY: Own}",
        "6 services.a.secrets.API_KEY",
        '"Own" is not a valid value.',
        'Did you mean "own"?',
    ),
    (
        "a:\n  secrets: {api-key: own}",
        "6 services.a.secrets.api-key",
        '"api-key" has a dot or a hyphen, and a shell that starts the program would drop that variable.',
        "Write API_KEY: frameworks such as Spring read the same setting from it.",
    ),
    (
        "a:\n  secrets: {API_KEY: {from: a b}}",
        "6 services.a.secrets.API_KEY.from",
        '"a b" is not the name of a secret, or its whole ARN with the six signs at its end.',
        "Write a value such as shared/sentry.",
    ),
    (
        "a:\n  secrets: {API_KEY: {key: '*'}}",
        "6 services.a.secrets.API_KEY.key",
        '"*" is not a key of a JSON object, of letters, digits, `.`, `_` and `-`.',
        "Write a value such as api-key.",
    ),
    (
        "a:\n  secrets: {API_KEY: {of: b, from: x}}\nb:\n  aws: secrets",
        "6 services.a.secrets.API_KEY",
        "`of` and `from` name two secrets for one value.",
        "Remove one of the two.",
    ),
    (
        "a:\n  secrets: {API_KEY: {of: bb}}\nb:\n  aws: secrets",
        "6 services.a.secrets.API_KEY.of",
        'There is no service "bb".',
        'Did you mean "b"?',
    ),
    (
        "a:\n  secrets: {API_KEY: {of: b}}\nb:\n  aws: s3",
        "6 services.a.secrets.API_KEY.of",
        "b has no secret of its own. (see line 7)",
        "Add `secrets` under `aws:` of b, or name the service that has the secret.",
    ),
    (
        "a:\n  aws: {secrets: {of: b}}\n  secrets: {API_KEY: own}\nb:\n  aws: secrets",
        "7 services.a.secrets.API_KEY",
        "a has no secret of its own: `aws: secrets` reads that of b. (see line 6)",
        "Write {of: b}, or remove `of` there.",
    ),
    (
        "a:\n  aws: {secrets: {of: b}}\nb:\n  aws: s3",
        "6 services.a.aws.secrets.of",
        "b has no secrets of its own. (see line 8)",
        "Add `secrets` under `aws:` of b, or remove this.",
    ),
    (
        "a:\n  secrets: {API_KEY: 'arn:aws:secretsmanager:eu-west-2:111122223333:secret:a-AbCdEf'}",
        "6 services.a.secrets.API_KEY",
        "This secret is in eu-west-2, and the system in eu-west-1.",
        "Replicate it to eu-west-1 (aws secretsmanager replicate-secret-to-regions), and write that ARN.",
    ),
    (
        "a:\n  secrets: {/etc/a@b: own}",
        "6 services.a.secrets./etc/a@b",
        '"a@b" can\'t be a key of the secret: only letters, digits, `.`, `_` and `-` can be looked up.',
        "Add `key: …` with the key that the value has in the secret.",
    ),
    (
        "a:\n  secrets: {AWS_REGION: own}",
        "6 services.a.secrets.AWS_REGION",
        "AWS_REGION is set by EKS.",
        "Remove it.",
    ),
    (
        "a:\n  secrets: {AWS_ACCESS_KEY_ID: own}",
        "6 services.a.secrets.AWS_ACCESS_KEY_ID",
        "AWS_ACCESS_KEY_ID would hide the IAM role of a from its own pods.",
        "List what the service needs under `aws:` or `statements:`.",
    ),
    (
        "a:\n  secrets: {SECRET_ARN: own}",
        "6 services.a.secrets.SECRET_ARN",
        "SECRET_ARN is set by `aws: secrets`.",
        "Give the secret another name.",
    ),
    (
        "a:\n  env: {A: x}\n  secrets: {A: own}",
        "7 services.a.secrets.A",
        "A is under `env:` too. (see line 6)",
        "Remove one of the two.",
    ),
    (
        "a:\n  secrets: {/proc/key: own}",
        "6 services.a.secrets./proc/key",
        "/proc is mounted by Kubernetes.",
        "Choose another path.",
    ),
    (
        "a:\n  secrets:\n    /etc/a: own\n    /etc/a/b: own",
        "8 services.a.secrets./etc/a/b",
        "/etc/a is a file, and can't hold another. (see line 7)",
        "Choose another path.",
    ),
    (
        "a:\n  image: v1\n  writable: {/etc/a: empty}\n  secrets: {/etc/a: own}",
        "8 services.a.secrets./etc/a",
        "/etc/a is a folder under `writable:`. (see line 7)",
        "Choose another path.",
    ),
    (
        "a:\n  egress: interne",
        "6 services.a.egress",
        '"interne" is not a mapping.',
        "Write `internet`, or a mapping such as {to: 203.0.113.0/24, ports: [9092]}.",
    ),
    (
        "a:\n  egress: 5",
        "6 services.a.egress",
        "5 is not a list.",
        "Write `internet`, or a mapping such as {to: 203.0.113.0/24, ports: [9092]}.",
    ),
    (
        "a:\n  egress:\n    - {to: 203.0.113.7/24}",
        "7 services.a.egress[0].to[0]",
        "203.0.113.7/24 is not an address range: its first address is another one.",
        "Did you mean 203.0.113.0/24?",
    ),
    (
        "a:\n  egress: {to: 10.0.1.0/24}",
        "6 services.a.egress.to[0]",
        "10.0.1.0/24 is in the VPC, 10.0.0.0/16, where services and stores have addresses that change.",
        "Name the service under `calls:`, or the store under `aws:`.",
    ),
    (
        "a:\n  egress:\n    - internet\n    - {ports: 443}",
        "8 services.a.egress[1]",
        "This opens nothing more: 0.0.0.0/0 port 443 is open already.",
        "Remove it.",
    ),
    (
        "a:\n  egress: {ports: [" + ", ".join(map(str, range(1, 59))) + "]}",
        "6 services.a.egress",
        "58 ranges and ports need a rule each, and a security group has 60.",
        "Join ranges that lie side by side, or leave out ports.",
    ),
    (
        "a:\n  health: healthz",
        "6 services.a.health",
        '"healthz" is not a path to ask for health.',
        "Write a value such as /healthz.",
    ),
    (
        "a:\n  health: {live: no-restart}",
        "6 services.a.health.live",
        '"no-restart" is not a path to ask, or `none`.',
        "Write a value such as /livez.",
    ),
    (
        "a:\n  path: /a\n  health:\n    codes: [200, 404]",
        "8 services.a.health.codes[1]",
        '"404" is not a status code or a range of them, 200 to 399 of HTTP or 0 to 99 of gRPC.',
        "Write a value such as 200-299.",
    ),
    (
        "a:\n  path: /a\n  health:\n    codes: 299-200",
        "8 services.a.health.codes[0]",
        "The range 299-200 has no codes.",
        "Write 200-299.",
    ),
    (
        "a:\n  health:\n    codes: 204",
        "7 services.a.health.codes",
        "`codes` are those that the load balancer counts as healthy, and the service has no path.",
        "Leave it out: Kubernetes counts 200 to 399 as healthy.",
    ),
    (
        "a:\n  health:\n    grpc: true\n    path: /up",
        "8 services.a.health.path",
        "Kubernetes checks health in one way, and here are 2: grpc, path. (see line 7)",
        "Keep one of them.",
    ),
    (
        "a:\n  path: /a\n  health:\n    tcp: true",
        "8 services.a.health.tcp",
        "The service has a path, and the load balancer checks the health of its pods by HTTP. (see line 6)",
        "Add `path:` beside `tcp:`, a path that answers 200.",
    ),
    (
        "a:\n  path: /a\n  health: none",
        "7 services.a.health",
        "The service has a path, and the load balancer sends requests only to pods that it finds healthy. (see line 6)",
        "Write a path that answers 200, or a mapping such as `{path: /, codes: 200-399}`.",
    ),
    (
        "a:\n  health:\n    timeout: 15",
        "7 services.a.health.timeout",
        "timeout, 15 s, must be less than interval, 15 s, the default.",
        "Lower timeout or raise interval.",
    ),
    (
        "a:\n  health:\n    port: 10250",
        "7 services.a.health.port",
        "10250 is the port of the kubelet, which shares the pod's address on Fargate.",
        "Write the port on which the program answers.",
    ),
    (
        "a:\n  aws: {athena: {of: b}}\nb: {}",
        "6 services.a.aws.athena.of",
        '"of" is not a valid key: `athena` has no options.',
        "Remove it: each service has its own.",
    ),
    (
        "a:\n  port: 0",
        "6 services.a.port",
        "port is 0; it must be at least 1.",
        "Write 1 or more.",
    ),
    (
        "a:\n  ports: {80: 10250}",
        "6 services.a.ports.80",
        "10250 is the port of the kubelet, which shares the pod's address on Fargate.",
        "Use another port, such as 8080.",
    ),
    (
        "a:\n  port: 9000\n  ports:\n    9000: 9001",
        "8 services.a.ports.9000",
        "Other services can call port 9000 already: it is `port`. (see line 6)",
        "Remove it.",
    ),
    (
        "a:\n  ports: {http: 8080}",
        "6 services.a.ports.http",
        '"http" is not a port, from 1 to 65535.',
        "Write a value such as 80.",
    ),
    (
        "a:\n  ports: {80: 70000}",
        "6 services.a.ports.80",
        "80 is 70000; it must be at most 65535.",
        "Write 65535 or less.",
    ),
    (
        "a:\n  path: /a\n  protocol: grpc",
        "7 services.a.protocol",
        "The load balancer sends gRPC only what came by HTTPS, and has no certificate. (see line 6)",
        "Add `domain:` with `hosted_zone:`, or `certificate_arn:`; or leave out `path`.",
    ),
    (
        "a:\n  path: /a\n  protocol: http2",
        "7 services.a.protocol",
        "The load balancer sends HTTP/2 only what came by HTTPS, and has no certificate. (see line 6)",
        "Add `domain:` with `hosted_zone:`, or `certificate_arn:`; or leave out `path`.",
    ),
    (
        "a:\n  port: none\n  path: /a",
        "7 services.a.path",
        "`path` is what the load balancer routes to a service, and a is a worker: it has `port: none`. (see line 6)",
        "Write the port on which the program listens, such as `port: 8080`; or remove `path`.",
    ),
    (
        "a:\n  port: none\n  ports: {80: 8080}",
        "7 services.a.ports",
        "`ports` are what others call, and a is a worker: it has `port: none`. (see line 6)",
        "Write the port on which the program listens, such as `port: 8080`; or remove `ports`.",
    ),
    (
        "a:\n  port: none\n  protocol: grpc",
        "7 services.a.protocol",
        "`protocol` is what the program speaks on its port, and a is a worker: it has `port: none`. (see line 6)",
        "Write the port on which the program listens, such as `port: 8080`; or remove `protocol`.",
    ),
    (
        "a:\n  port: none\n  drain: 30",
        "7 services.a.drain",
        "`drain` is the time for open requests, and a is a worker: it has `port: none`. (see line 6)",
        "Write the port on which the program listens, such as `port: 8080`; or remove `drain`.",
    ),
    (
        "a:\n  port: none\n  sticky: 5m",
        "7 services.a.sticky",
        "`sticky` is the load balancer's, and the service has no path.",
        "Add `path: …`, or remove `sticky`.",
    ),
    (
        "a:\n  port: none\nb:\n  calls: a",
        "8 services.b.calls[0]",
        "a is a worker (`port: none`), so nothing can connect to it. (see line 6)",
        "Remove it: a topic or a's queue takes messages to it. Or write its port.",
    ),
    (
        "a:\n  port: none\n  health: /up",
        "7 services.a.health",
        "a is a worker (`port: none`): its health can be checked by a command only. (see line 6)",
        (
            "Write a command that exits with 0 in a healthy pod, such as `health: {command: [/app/alive]}`, or remove "
            "`health`: the pod is healthy while its program runs."
        ),
    ),
    (
        "a:\n  port: none\n  health: {command: /ok, tcp: true}",
        "7 services.a.health.tcp",
        "a is a worker (`port: none`): its health can be checked by a command only. (see line 6)",
        (
            "Write a command that exits with 0 in a healthy pod, such as `health: {command: [/app/alive]}`, or remove "
            "`health`: the pod is healthy while its program runs."
        ),
    ),
    (
        "a:\n  port: none\n  health: {start: 60}",
        "7 services.a.health",
        "a is a worker (`port: none`): its health can be checked by a command only. (see line 6)",
        (
            "Write a command that exits with 0 in a healthy pod, such as `health: {command: [/app/alive]}`, or remove "
            "`health`: the pod is healthy while its program runs."
        ),
    ),
    (
        "a:\n  port: off",
        "6 services.a.port",
        '"off" is not a whole number or `none`.',
        "Write `none`.",
    ),
    (
        "a:\n  port:",
        "6 services.a.port",
        "The value is empty; a whole number or `none` is required.",
        "Write a whole number or `none`, or remove the key.",
    ),
    (
        "a:\n  jobs: {b: {command: c, schedule: 'cron(30 9 * * ? *)'}}",
        "6 services.a.jobs.b.schedule",
        '"cron(30 9 * * ? *)" is how AWS writes a schedule; Kubernetes takes five fields, without a year.',
        'Write "30 9 * * *". Without `time_zone`, it is in UTC.',
    ),
    (
        "a:\n  jobs: {b: {command: c, schedule: 'cron(0 10 L * ? *)'}}",
        "6 services.a.jobs.b.schedule",
        (
            '"cron(0 10 L * ? *)" is how AWS writes a schedule; Kubernetes takes five fields, without a year. '
            "It has no L, W and #."
        ),
        "Write a day that comes before, such as 28, and let the program see whether it is the day.",
    ),
    (
        "a:\n  jobs: {b: {command: c, schedule: 'rate(7 minutes)'}}",
        "6 services.a.jobs.b.schedule",
        (
            '"rate(7 minutes)" is how AWS and others write an interval; Kubernetes takes five fields. 7 minutes do not '
            "divide an hour, so they have no equal steps."
        ),
        'Write "*/6 * * * *", for example.',
    ),
    (
        "a:\n  jobs: {b: {command: c, schedule: '0 0 * * 7'}}",
        "6 services.a.jobs.b.schedule",
        '"0 0 * * 7": "7" is not from 0 to 6, in the place of the day of the week.',
        'Sunday is 0: write "0 0 * * 0".',
    ),
    (
        "a:\n  jobs: {b: {command: c, schedule: 0 0 31 2 *}}",
        "6 services.a.jobs.b.schedule",
        '"0 0 31 2 *" never comes: none of its months has such a day.',
        "Write a day that they have.",
    ),
    (
        "a:\n  jobs: {b: {command: c, schedule: '@daily', time_zone: Europe/Berln}}",
        "6 services.a.jobs.b.time_zone",
        '"Europe/Berln" is not a time zone of the IANA database, such as Europe/Berlin.',
        'Did you mean "Europe/Berlin"?',
    ),
    (
        "a:\n  jobs: {b: {command: c, schedule: '@daily', time_zone: Local}}",
        "6 services.a.jobs.b.time_zone",
        '"Local" is not a time zone of the IANA database, such as Europe/Berlin.',
        "Write a name from its list.",
    ),
    (
        "a:\n  jobs: {b: {schedule: '@daily'}}",
        "6 services.a.jobs.b",
        "b has no command, so it would run what the pods of a run, which does not end.",
        "Write its command, such as `command: [/app/remind]`.",
    ),
    (
        "a:\n  jobs: {b: {command: c}}",
        "6 services.a.jobs.b.schedule",
        '"schedule" is missing.',
        "Add `schedule: …`.",
    ),
    (
        "a:\n  jobs: {b: {schedule: '@daily', command: c, overlap: never}}",
        "6 services.a.jobs.b.overlap",
        '"never" is not a valid value.',
        "Valid values: forbid, allow, replace.",
    ),
    (
        "a:\n  pods: 0",
        "6 services.a.pods",
        "pods is 0, and a has no jobs: nothing would run.",
        "Write `pods: 1` or more; 0 is for a service that has `jobs:` only, or `scale: {queue: …}`.",
    ),
    (
        "a:\n  pods: 0\n  scale: {cpu: 50, times: [{start: 0 8 * * *, end: 0 9 * * *, pods: 1}]}",
        "6 services.a.pods",
        "pods is 0, and a has no jobs: nothing would run.",
        "Write `pods: 1` or more; 0 is for a service that has `jobs:` only, or `scale: {queue: …}`.",
    ),
    (
        "a:\n  pods: 0\n  scale: {queue: 5}\n  aws: sqs",
        "6 services.a.pods",
        "With `pods: 0` nothing would answer on port 8080 of a while its queue is empty. (see line 7)",
        "Write `pods: 1` or more; or `port: none` where it is a worker, which nothing connects to.",
    ),
    (
        "a:\n  pods: 0\n  scale: {cpu: 50}\n  jobs: {b: {schedule: '@daily'}}",
        "7 services.a.scale",
        "`scale` is for pods that run all the time, and a has none: it has `pods: 0`. (see line 6)",
        "Remove `scale`, or write `pods: 1` or more.",
    ),
    (
        "a:\n  scale: {queue: 5}",
        "6 services.a.scale.queue",
        "`queue` counts the messages of the queue that a reads, and it reads none.",
        "Write `sqs` under its `aws:`; or `sqs: {of: …}`, for another service's queue.",
    ),
    (
        "a:\n  scale: {queue: 5}\n  aws: {sqs: {of: b, access: write}}\nb:\n  aws: sqs",
        "6 services.a.scale.queue",
        "`queue` counts the messages of the queue that a reads, and it reads none.",
        "Write `sqs` under its `aws:`; or `sqs: {of: …}`, for another service's queue.",
    ),
    (
        "a:\n  scale: {requests: 5}",
        "6 services.a.scale.requests",
        "`requests` are counted by the load balancer, and a has no `path`.",
        "Write its `path`, or scale by `cpu`.",
    ),
    (
        "a:\n  scale: {cpu: 101}",
        "6 services.a.scale.cpu",
        "cpu is 101; it must be at most 100.",
        "Write 100 or less.",
    ),
    (
        "a:\n  scale: {times: [{start: '@daily', end: 0 9 * * *, pods: 1}]}",
        "6 services.a.scale.times[0].start",
        '"@daily" is a schedule of Kubernetes; KEDA takes five fields.',
        'Write "0 0 * * *".',
    ),
    (
        "a:\n  scale: {times: [{start: 0 8 * * 7, end: 0 9 * * *, pods: 1}]}",
        "6 services.a.scale.times[0].start",
        '"0 8 * * 7": "7" is not from 0 to 6, in the place of the day of the week.',
        'Sunday is 0: write "0 8 * * 0".',
    ),
    (
        "a:\n  scale: {times: [{start: 0 8 * * *, end: 0 8 * * *, pods: 1}]}",
        "6 services.a.scale.times[0].end",
        "It ends when it starts.",
        "Write when it ends.",
    ),
    (
        "a:\n  scale: {times: [{start: 0 8 * * *, end: 0 9 * * *, pods: 7}]}",
        "6 services.a.scale.times[0].pods",
        "7 pods are more than max_pods, 6, three times `pods`.",
        "Write `max_pods: 7` or more.",
    ),
    (
        "a:\n  max_pods: 4\n  scale: {times: [{start: 0 8 * * *, end: 0 9 * * *, pods: 7}]}",
        "7 services.a.scale.times[0].pods",
        "7 pods are more than max_pods, 4. (see line 6)",
        "Write `max_pods: 7` or more.",
    ),
    (
        "a:\n  scale: {times: [{start: 0 8 * * *, end: 0 9 * * *, pods: 1, time_zone: Europe/Berln}]}",
        "6 services.a.scale.times[0].time_zone",
        '"Europe/Berln" is not a time zone of the IANA database, such as Europe/Berlin.',
        'Did you mean "Europe/Berlin"?',
    ),
    (
        "a:\n  pods: 0\n  path: /a\n  jobs: {b: {schedule: '@daily'}}",
        "7 services.a.path",
        "`path` is for pods that run all the time, and a has none: it has `pods: 0`. (see line 6)",
        "Remove `path`, or write `pods: 1` or more.",
    ),
    (
        "a:\n  pods: 0\n  port: 8080\n  jobs: {b: {schedule: '@daily'}}",
        "7 services.a.port",
        "`port` is for pods that run all the time, and a has none: it has `pods: 0`. (see line 6)",
        "Remove `port`, or write `pods: 1` or more.",
    ),
    (
        "a:\n  pods: 0\n  jobs: {b: {schedule: '@daily'}}\nb:\n  calls: a",
        "9 services.b.calls[0]",
        "a runs jobs only (`pods: 0`), so nothing can connect to it. (see line 6)",
        "Remove it: a topic or a's queue takes messages to it. Or write its pods.",
    ),
    (
        "a:\n  before_deploy: {timeout: 60}",
        "6 services.a.before_deploy.command",
        '"command" is missing.',
        "Add `command: …`.",
    ),
    (
        "a:\n  before_deploy: {command: a, timeout: 61m}",
        "6 services.a.before_deploy.timeout",
        "timeout is 3660; it must be at most 3600.",
        "Write 3600 or less.",
    ),
    (
        "a:\n  before_deploy: [bin/rails, db:migrate]",
        "6 services.a.before_deploy",
        "A list is not a mapping.",
        "Write a mapping with the keys command, timeout.",
    ),
    (
        "a:\n  stop: 2h",
        "6 services.a.stop",
        '"2h" is not a whole number.',
        "Write a whole number.",
    ),
    (
        "a:\n  stop: 61m",
        "6 services.a.stop",
        "stop is 3660; it must be at most 3600.",
        "Write 3600 or less.",
    ),
    (
        "a:\n  sticky: 5m",
        "6 services.a.sticky",
        "`sticky` is the load balancer's, and the service has no path.",
        "Add `path: …`, or remove `sticky`.",
    ),
    (
        "a:\n  path: /a\n  health: {codes: [200, 0-5]}",
        "7 services.a.health.codes[1]",
        "0-5 is no status of HTTP, which is the service's protocol.",
        "Write codes from 200 to 399, such as 200.",
    ),
    (
        "a:\n  protocol: gprc",
        "6 services.a.protocol",
        '"gprc" is not a valid value.',
        'Did you mean "grpc"?',
    ),
    (
        "a:\n  drain: 2h",
        "6 services.a.drain",
        '"2h" is not a whole number.',
        "Write a whole number.",
    ),
    (
        "a:\n  protection: yes",
        "6 services.a.protection",
        '"yes" is not true or false.',
        "Write true.",
    ),
    (
        "a:\n  env: {A: }",
        "6 services.a.env.A",
        "The value is empty; a string is required.",
        "Write a string.",
    ),
    (
        "a:\n  aws: {s3: {of: b}, sqs: {of: b, acess: write}}\nb:\n  aws: [s3, sqs]",
        "6 services.a.aws.sqs.acess",
        '"acess" is not a valid key.',
        'Did you mean "access"?',
    ),
    (
        "a:\n  aws: [sqs, sqss]",
        "6 services.a.aws[1]",
        '"sqss" is not a valid permission.',
        'Did you mean "sqs"?',
    ),
    (
        "a:\n  aws: [sess]",
        "6 services.a.aws[0]",
        '"sess" is not a valid permission.',
        'Did you mean "ses"?',
    ),
    (
        "a:\n  aws: {sqs: {subscribe: a}, sns: {}}",
        "6 services.a.aws.sqs.subscribe[0]",
        "a refers to itself.",
        "Remove it: a service can reach what is its own.",
    ),
    (
        "a:\n  aws: {s3: {access: read}}",
        "6 services.a.aws.s3.access",
        "`access` without `of` has no effect: a service has full access to its own resource.",
        "Add `of: <service>`, or remove `access`.",
    ),
    (
        "a:\n  <<: {cpu: 4}\n  memory: 8GB",
        "6 services.a",
        "YAML merge keys (<<) are not supported.",
        "Write the keys themselves.",
    ),
    (
        "a:\n  aws: {redshift: {base_capacity: 5}}",
        "6 services.a.aws.redshift.base_capacity",
        "5 is not a valid value.",
        "Valid values: 4, 8, 16, 24, 32, 40, 48, 56, 64, 128, 256, 512.",
    ),
    (
        "a:\n  aws: {redshift: {base_capacity: 32, max_capacity: 16}}",
        "6 services.a.aws.redshift.max_capacity",
        "max_capacity, 16, is less than base_capacity, 32.",
        "Raise max_capacity or lower base_capacity.",
    ),
    (
        "a:\n  aws: {rds: {connections: 3000}}",
        "6 services.a.aws.rds.connections",
        "3,000 connections are more than the 756 that Aurora takes with `min_acu: 1` and `max_acu: 4`.",
        "Write at most 756, or change these under `database:`.",
    ),
    (
        _STATEMENT.replace("a:x", "['ssm:GetParametr', 'ssm:PutParameter']"),
        "6 services.a.statements.R.actions[0]",
        '"ssm:GetParametr" is not an IAM action.',
        'Did you mean "ssm:GetParameter"?',
    ),
    (
        _STATEMENT.replace("a:x", "s3:GetObjekt*"),
        "6 services.a.statements.R.actions[0]",
        '"s3:GetObjekt*" is not an IAM action.',
        'Did you mean "s3:GetObject*"?',
    ),
    (
        _STATEMENT.replace("a:x", "ssm:Get*").replace("}}", ", conditions: {StringEqual: {k: v}}}}"),
        "6 services.a.statements.R.conditions.StringEqual",
        '"StringEqual" is not a condition operator of IAM.',
        'Did you mean "StringEquals"?',
    ),
]


@pytest.mark.parametrize(("services", "where", "what", "step"), SERVICES)
def test_a_mistake_in_a_service_is_named(system: Check, services: str, where: str, what: str, step: str) -> None:
    text = mistakes(system(services))
    assert f"services.yaml:{where}\n  {what}\n  {step}" in text


# What is written, then line and path, what is wrong, and the next step.
PLATFORM = [
    (
        "accept_escalations: {aa: {iam:PassRole: 'arn:aws:iam::111122223333:role/b'}}",
        "4 accept_escalations.aa",
        'There is no service "aa".',
        "Remove it.",
    ),
    (
        "acount: 1",
        "4 acount",
        '"acount" is not a valid key.',
        'Did you mean "account"?',
    ),
    (
        "account: 111122223333",
        "4 account",
        "111122223333 is parsed as a number; a string is required.",
        'Write "111122223333", with quotes.',
    ),
    (
        "deployer_role: arn:aws:iam::111122223333:user/ann",
        "4 deployer_role",
        '"arn:aws:iam::111122223333:user/ann" is not the ARN of an IAM role.',
        "Write a value such as arn:aws:iam::111122223333:role/deployer.",
    ),
    (
        "account: '444455556666'\ndeployer_role: arn:aws:iam::111122223333:role/deployer",
        "5 deployer_role",
        "The role belongs to account 111122223333, and the system to 444455556666. (see line 4)",
        "Name a role of account 444455556666: the login may be of any account.",
    ),
    (
        "deployer_role: arn:aws-cn:iam::111122223333:role/deployer",
        "4 deployer_role",
        "A role of the partition aws-cn can't deploy to eu-west-1, which is in aws. (see line 2)",
        "Name a role whose ARN begins with arn:aws:.",
    ),
    (
        f"deployer: {{oidc_provider: '{_OIDC}', plan: 'repo:acme/*:pull_request', apply: '{_APPLIES}'}}",
        "4 deployer.plan",
        '"repo:acme/*:pull_request" is not the `sub` of a token with its repository in full.',
        "Write a value such as repo:acme/shop:pull_request.",
    ),
    (
        f"deployer: {{oidc_provider: '{_OIDC}', plan: '*', apply: '{_APPLIES}'}}",
        "4 deployer.plan",
        '"*" is not the `sub` of a token with its repository in full.',
        "Write a value such as repo:acme/shop:pull_request.",
    ),
    (
        f"deployer: {{oidc_provider: '{_OIDC}', plan: 'repo:acme/shop:*', apply: 'repo:acme/shop:*'}}",
        "4 deployer.apply",
        '"repo:acme/shop:*" is not the `sub` of a token with its repository in full, and a branch or an environment.',
        "Write a value such as repo:acme/shop:environment:production.",
    ),
    (
        f"account: '444455556666'\ndeployer: {{oidc_provider: '{_OIDC}', plan: 'repo:a/b:*', apply: '{_APPLIES}'}}",
        "5 deployer.oidc_provider",
        "The provider belongs to account 111122223333, and the system to 444455556666. (see line 4)",
        "Name the provider of account 444455556666: each account has its own.",
    ),
    (
        f"deployer: {{oidc_provider: '{_OIDC.replace('aws', 'aws-cn')}', plan: 'repo:a/b:*', apply: '{_APPLIES}'}}",
        "4 deployer.oidc_provider",
        "Roles for eu-west-1, which is in the partition aws, can't trust a provider of aws-cn. (see line 2)",
        "Name a provider whose ARN begins with arn:aws:.",
    ),
    (
        f"deployer_role: {_TEAM}\ndeployer: {{oidc_provider: '{_OIDC}', plan: 'repo:a/b:*', apply: '{_APPLIES}'}}",
        "5 deployer",
        "With `deployer_role`, every job would assume that role, which the roles of `deployer` may not. (see line 4)",
        "Take one of the two out.",
    ),
    (
        "permissions_boundary: arn:aws:iam::111122223333:role/ann",
        "4 permissions_boundary",
        '"arn:aws:iam::111122223333:role/ann" is not the ARN of an IAM policy.',
        "Write a value such as arn:aws:iam::111122223333:policy/shop-boundary.",
    ),
    (
        "account: '444455556666'\npermissions_boundary: arn:aws:iam::111122223333:policy/bound",
        "5 permissions_boundary",
        "The policy belongs to account 111122223333, and the system to 444455556666. (see line 4)",
        "Name a policy of account 444455556666, where the roles are.",
    ),
    (
        "permissions_boundary: arn:aws-cn:iam::aws:policy/PowerUserAccess",
        "4 permissions_boundary",
        "A policy of the partition aws-cn can't bound roles in eu-west-1, which is in aws. (see line 2)",
        "Name a policy whose ARN begins with arn:aws:.",
    ),
    (
        _DEPLOYS,
        "4 cluster.teams.a.access",
        "Whoever deploys for a writes the roles of its services, and could give them any right.",
        "Write `permissions_boundary`, the ARN of a policy that bounds every role, or `access: edit`.",
    ),
    (
        f"deployer_role: {_TEAM[:-1]}-deployer'\npermissions_boundary: {_BOUNDARY}\n{_DEPLOYS}",
        "6 cluster.teams.a.access",
        "Whoever deploys for a would assume `deployer_role`, with the rights of all stacks. (see line 4)",
        "Take `deployer_role` out, so that each login deploys as itself; or write `access: edit`.",
    ),
    (
        f"deployer_role: {_TEAM}\ncluster: {{teams: {{a: {{services: b, role: {_TEAM}}}}}}}",
        "5 cluster.teams.a.role",
        "arn:aws:iam::111122223333:role/team is in the cluster already. (see line 4)",
        "Take it out of one of the two: whoever administers the cluster needs no team.",
    ),
    (
        "runner: [a b]",
        "4 runner[0]",
        '"a b" is not a label of a runner.',
        "Write a value such as self-hosted.",
    ),
    (
        f"cluster: {{teams: {{a: {{services: [admn], role: {_TEAM}}}}}}}",
        "4 cluster.teams.a.services[0]",
        'There is no service "admn".',
        "Declare it under `services:`.",
    ),
    (
        f"cluster: {{teams: {{a: {{services: [b, b], role: {_TEAM}}}}}}}",
        "4 cluster.teams.a.services[1]",
        "b is listed twice.",
        "Remove this one.",
    ),
    (
        "cluster: {teams: {a: {services: b, role: 'arn:aws:sts::111122223333:assumed-role/team/me'}}}",
        "4 cluster.teams.a.role",
        '"arn:aws:sts::111122223333:assumed-role/team/me" is not the ARN of an IAM role.',
        "Write a value such as arn:aws:iam::111122223333:role/deployer.",
    ),
    (
        f"cluster: {{teams: {{a--b: {{services: b, role: {_TEAM}}}}}}}",
        "4 cluster.teams.a--b",
        '"a--b" is not a name of a team, of lower-case letters, digits and single hyphens.',
        "Write a value such as orders.",
    ),
    (
        f"cluster:\n  teams:\n    a: {{services: b, role: {_TEAM}}}\n    c: {{services: b, role: {_TEAM}}}",
        "7 cluster.teams.c.role",
        "arn:aws:iam::111122223333:role/team is in the cluster already. (see line 6)",
        "Give c a role of its own, or make it one team.",
    ),
    (
        f"cluster:\n  admins: [{_TEAM}]\n  teams: {{a: {{services: b, role: {_TEAM}}}}}",
        "6 cluster.teams.a.role",
        "arn:aws:iam::111122223333:role/team is in the cluster already. (see line 5)",
        "Take it out of one of the two: whoever administers the cluster needs no team.",
    ),
    (
        "cluster: {fargate_profiles: [admn]}",
        "4 cluster.fargate_profiles[0]",
        'There is no service "admn".',
        "Remove it.",
    ),
    (
        "cluster: {fargate_profiles: [all, all]}",
        "4 cluster.fargate_profiles[1]",
        "all is listed twice.",
        "Remove this one.",
    ),
    (
        "cluster: {fargate_profiles: [all, shared]}",
        "4 cluster.fargate_profiles[0]",
        "`all` stands alone, without names of services.",
        "Remove it: services that are not listed share a profile.",
    ),
    (
        "registry: {pull_accounts: ['444455556666', '444455556666']}",
        "4 registry.pull_accounts[1]",
        "444455556666 is listed twice.",
        "Remove this one.",
    ),
    (
        "account: '444455556666'\nregistry: {account: '444455556666'}",
        "5 registry.account",
        "444455556666 is the system's own account, in which its services have their repositories anyway.",
        "Remove it, or write it in one of `environments:`.",
    ),
    (
        "account: '444455556666'\nregistry: {pull_accounts: '444455556666'}",
        "5 registry.pull_accounts[0]",
        "444455556666 is the system's own account, which pulls its images anyway. (see line 4)",
        "Remove it.",
    ),
    (
        "cluster:\n  version: 1.30",
        "5 cluster.version",
        "1.30 is parsed as a number; a string is required.",
        'Write "1.30", with quotes.',
    ),
    (
        "zones: [a]",
        "4 zones",
        "EKS, Aurora and the load balancer need at least two zones.",
        "Write `zones: [a, b, c]`.",
    ),
    (
        "zones: [a, a]",
        "4 zones",
        "A zone is listed twice.",
        "Write `zones: [a, b, c]`.",
    ),
    (
        "network: {cidr: 10.0.0.0/24}",
        "4 network.cidr",
        "10.0.0.0/24 is too small for subnets with enough addresses for pods.",
        "Use a /21 or larger.",
    ),
    (
        "network: {cidr: 10.0.0.0/8}",
        "4 network.cidr",
        "10.0.0.0/8 is larger than a VPC can be.",
        "Use a /16 or smaller.",
    ),
    (
        "network: {cidr: 10.0.1.0/16}",
        "4 network.cidr",
        "10.0.1.0/16 is not an address range: it has host bits set.",
        "Did you mean 10.0.0.0/16?",
    ),
    (
        "network: {nat_gateways: none}",
        "4 network.nat_gateways",
        '"none" is not a valid value.',
        "Valid values: per-zone, single.",
    ),
    (
        "cluster: {api_access: [1.2.3.4]}",
        "4 cluster.api_access[0]",
        '"1.2.3.4" is not an address range.',
        "Write 1.2.3.4/32 for one address.",
    ),
    (
        "network: {cidr: 300.0.0.0/16}",
        "4 network.cidr",
        '"300.0.0.0/16" is not an address range.',
        "Write a value such as 10.0.0.0/16.",
    ),
    (
        "network: {cidr: 11.0.0.0/16}",
        "4 network.cidr",
        "11.0.0.0/16 is not a private range.",
        "Use one within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.",
    ),
    (
        f"load_balancer: {{listener_arn: '{_LISTENER.replace('/app/', '/net/')}'}}",
        "4 load_balancer.listener_arn",
        f'"{_LISTENER.replace("/app/", "/net/")[:77]}…" is not the ARN of a listener of an Application Load Balancer.',
        f"Write a value such as {_LISTENER}.",
    ),
    (
        f"load_balancer: {{listener_arn: '{_LISTENER}', private: true}}",
        "4 load_balancer.private",
        "`private` has no effect: the existing load balancer has its own scheme.",
        "Remove it.",
    ),
    (
        f"load_balancer: {{listener_arn: '{_LISTENER}', waf: {{enabled: false}}}}",
        "4 load_balancer.waf",
        "`waf` has no effect: the existing load balancer has its own firewall.",
        "Remove it.",
    ),
    (
        f"domain: shop.example.com\nhosted_zone: Z1\nload_balancer: {{listener_arn: '{_LISTENER}'}}",
        "5 hosted_zone",
        "`hosted_zone` has no effect: names and certificate of an existing load balancer are its owner's. (see line 6)",
        "Remove `hosted_zone`, or `listener_arn`.",
    ),
    (
        f"load_balancer: {{listener_arn: '{_LISTENER.replace('eu-west-1', 'eu-west-2')}'}}",
        "4 load_balancer.listener_arn",
        "The listener is in eu-west-2, and the system in eu-west-1 can't use it. (see line 2)",
        "Use a listener in eu-west-1.",
    ),
    (
        f"account: '444455556666'\nload_balancer: {{listener_arn: '{_LISTENER}'}}",
        "5 load_balancer.listener_arn",
        "The listener belongs to account 111122223333, not to 444455556666. (see line 4)",
        "Use a listener of account 444455556666.",
    ),
    (
        "network: {vpc_id: vpc-1}",
        "4 network.vpc_id",
        '"vpc-1" is not the id of a VPC.',
        "Write a value such as vpc-0123456789abcdef0.",
    ),
    (
        "network: {vpc_id: vpc-0a1b2c3d, endpoints: [], private_subnet_ids: subnet-1}",
        "4 network.private_subnet_ids",
        '"subnet-1" is not the id of a subnet.',
        "Write a value such as subnet-0123456789abcdef0.",
    ),
    (
        "network: {private_subnet_ids: subnet-0a1b2c3d}",
        "4 network.private_subnet_ids",
        "`private_subnet_ids` names subnets of an existing VPC, and `vpc_id` is missing.",
        "Add `vpc_id: vpc-…` under `network:`, or remove the subnets.",
    ),
    (
        "load_balancer: none\nnetwork: {vpc_id: vpc-0a1b2c3d, endpoints: []}",
        "5 network.vpc_id",
        "Pods and databases need private subnets of the existing VPC.",
        "Add `private_subnet_ids: [subnet-…]`, at least one in each zone.",
    ),
    (
        f"{_IN_VPC}, {_PRIVATE}}}",
        "5 network.vpc_id",
        "A load balancer on the internet needs public subnets of the existing VPC.",
        "Add `public_subnet_ids: [subnet-…]`, one in each zone, or write `load_balancer: {private: true}`.",
    ),
    (
        f"{_NO_BALANCER}{_IN_VPC}, {_PRIVATE}}}".replace("endpoints: [], ", ""),
        "6 network.vpc_id",
        "Which private endpoints the existing VPC has is not said; the default holds for a new VPC only.",
        f"Add `endpoints:` with those that it has, of {', '.join(vpc.ENDPOINTS)}; `[]` for none.",
    ),
    (
        f"{_NO_BALANCER}{_IN_VPC}, {_PRIVATE}}}".replace("[]", "[auto]"),
        "6 network.endpoints[0]",
        "`auto` makes private endpoints, and none is made in an existing VPC.",
        "List those that it has.",
    ),
    (
        f"{_NO_BALANCER}{_IN_VPC}, {_PRIVATE}, cidr: 10.0.0.0/16}}",
        "6 network.cidr",
        "`cidr` has no effect: the existing VPC has its own address ranges.",
        "Remove it.",
    ),
    (
        f"{_NO_BALANCER}{_IN_VPC}, {_PRIVATE}, secondary_cidrs: {{}}}}",
        "6 network.secondary_cidrs",
        "`secondary_cidrs` has no effect: the existing VPC has its own address ranges.",
        "Remove it.",
    ),
    (
        f"{_NO_BALANCER}{_IN_VPC}, {_PRIVATE}, nat_gateways: single}}",
        "6 network.nat_gateways",
        "`nat_gateways` has no effect: the existing VPC has its own NAT gateways.",
        "Remove it.",
    ),
    (
        f"{_NO_BALANCER}{_IN_VPC}, {_PRIVATE}, flow_logs: false}}",
        "6 network.flow_logs",
        "`flow_logs` has no effect: the existing VPC has its own flow logs.",
        "Remove it.",
    ),
    (
        f"{_NO_BALANCER}{_IN_VPC}, {_TWICE}}}",
        "6 network.private_subnet_ids[2]",
        "subnet-0a1b2c3d is listed twice.",
        "Remove this one.",
    ),
    (
        f"load_balancer: none\nnetwork: {{vpc_id: vpc-0a1b2c3d, endpoints: [], {_PRIVATE}}}",
        "5 network.private_subnet_ids",
        "2 private subnets can't be in 3 zones.",
        "Name at least one in each of `zones:`, or write fewer zones.",
    ),
    (
        f"load_balancer: {{private: true}}\n{_IN_VPC}, {_THREE}}}",
        "6 network.private_subnet_ids",
        "A private load balancer has one subnet in each of the 2 zones, and 3 are named. (see line 5)",
        "Name one private subnet in each of `zones:`.",
    ),
    (
        f"{_IN_VPC}, {_PRIVATE}, public_subnet_ids: subnet-0a1b2c30}}",
        "5 network.public_subnet_ids",
        "A load balancer has one subnet in each of the 2 zones, and 1 public is named. (see line 4)",
        "Name one public subnet in each of `zones:`.",
    ),
    (
        "network: {endpoints: [s4]}",
        "4 network.endpoints[0]",
        '"s4" is not a valid value.',
        'Did you mean "s3"?',
    ),
    (
        "cluster: {service_cidr: 10.0.16.0/20}",
        "4 cluster.service_cidr",
        "The addresses of Services, 10.0.16.0/20, overlap the VPC's 10.0.0.0/16.",
        "Write `service_cidr: 172.20.0.0/16` under `cluster:`.",
    ),
    (
        "cluster: {service_cidr: 172.20.0.0/28}",
        "4 cluster.service_cidr",
        "EKS does not accept 172.20.0.0/28 for Services.",
        "Use a private range from /12 to /24.",
    ),
    (
        "cluster: {api_access: [10.0.2.3/32]}",
        "4 cluster.api_access[0]",
        "10.0.2.3/32 is in the VPC, 10.0.0.0/16, which can always reach the Kubernetes API.",
        "Remove it.",
    ),
    (
        "cluster: {api_access: [8.0.0.0/6]}",
        "4 cluster.api_access[0]",
        "8.0.0.0/6 contains private and public addresses.",
        "List private and public ranges separately.",
    ),
    (
        "cluster: {api_access: [1.2.3.4/32, 1.2.3.4/32]}",
        "4 cluster.api_access[1]",
        "1.2.3.4/32 is listed twice.",
        "Remove this one.",
    ),
    (
        "cluster: {api_access: [1.2.3.444/32]}",
        "4 cluster.api_access[0]",
        '"1.2.3.444/32" is not an address range.',
        "Write a value such as 203.0.113.7/32.",
    ),
    (
        "cluster: {admins: [me]}",
        "4 cluster.admins[0]",
        '"me" is not the ARN of an IAM role or user.',
        "Write a value such as arn:aws:iam::111122223333:role/platform.",
    ),
    (
        "database: {min_acu: 4, max_acu: 2}",
        "4 database.min_acu",
        "min_acu, 4, is greater than max_acu, 2.",
        "Lower min_acu or raise max_acu.",
    ),
    (
        "database: {min_acu: 1.3}",
        "4 database.min_acu",
        "1.3 is not a multiple of 0.5 capacity units.",
        "Write 1.5.",
    ),
    (
        'database: {version: "9.6"}',
        "4 database.version",
        '"9.6" is not an Aurora PostgreSQL version.',
        "Write a value such as 16.13.",
    ),
    (
        'database: {version: "14.20"}',
        "4 database.version",
        "Version 14.20 of Aurora PostgreSQL is not supported; 15 to 18 are.",
        'Write "16.13", in quotes.',
    ),
    (
        'database: {version: "15.3", min_acu: 0}',
        "4 database.version",
        "Aurora PostgreSQL 15.3 can't pause, so min_acu can't be 0.",
        "Use 15.7 or later, or set `min_acu: 0.5`.",
    ),
    (
        "hosted_zone: Z123",
        "4 hosted_zone",
        "`hosted_zone` has no effect without `domain`.",
        "Add `domain: …`.",
    ),
    (
        "domain: shop.example.com",
        "4 domain",
        "`domain` needs a hosted zone, in which Terraform validates its certificate, or a certificate.",
        "Add `hosted_zone: …` (the id of its Route 53 zone) or `certificate_arn: …`.",
    ),
    (
        "tags: {'aws:x': y}",
        "4 tags.aws:x",
        'Tag keys that start with "aws:" are reserved by AWS.',
        "Use another prefix.",
    ),
    (
        "tags: {service: x}",
        "4 tags.service",
        'The platform sets the tag "Service".',
        "Use another key.",
    ),
    (
        "tags: {owner: x, Owner: y}",
        "4 tags.Owner",
        'IAM treats "Owner" and "owner" as the same key.',
        "Remove one of the two.",
    ),
    (
        "log_days: 8",
        "4 log_days",
        "8 is not a valid value.",
        f"Valid values: {', '.join(map(str, LOG_DAYS))}.",
    ),
    (
        "state: {s3: {bucket: shop-state}, hcp: {organization: acme}}",
        "4 state.hcp",
        "The states are in one place, and here are two: s3 and hcp.",
        "Keep one of them.",
    ),
    (
        "state: {s3: {}}",
        "4 state.s3.bucket",
        '"bucket" is missing.',
        "Add `bucket: …`.",
    ),
    (
        "project: x",
        "4 project",
        'The key "project" is here a second time; the first is on line 1.',
        "Remove one of the two.",
    ),
    (
        "zones:",
        "4 zones",
        "The value is empty; a string or a list is required.",
        "Write a string or a list, or remove the key.",
    ),
    (
        "tags: {Team: 7}",
        "4 tags.Team",
        "7 is parsed as a number; a string is required.",
        'Write "7", with quotes.',
    ),
    (
        'tags: {Team: "a\\nb"}',
        "4 tags.Team",
        "AWS does not accept '\\n' in a tag.",
        "Use letters, digits, spaces and . : / = + - @ _.",
    ),
    (
        "database: {max_acu: 0.7, min_acu: 0.5}",
        "4 database.max_acu",
        "0.7 is not a multiple of 0.5 capacity units.",
        "Write 1.",
    ),
    (
        "database: {instances: 17}",
        "4 database.instances",
        "instances is 17; it must be at most 16.",
        "Write 16 or less.",
    ),
    (
        "zones: [a, b, b]",
        "4 zones",
        "A zone is listed twice.",
        "Write `zones: [a, b]`.",
    ),
    (
        "load_balancer: false",
        "4 load_balancer",
        "false is not a mapping or `none`.",
        "Write `none`.",
    ),
    (
        "load_balancer: None",
        "4 load_balancer",
        '"None" is not a mapping or `none`.',
        "Write `none`.",
    ),
    (
        "load_balancer:",
        "4 load_balancer",
        "The value is empty; a mapping or `none` is required.",
        "Write a mapping or `none`, or remove the key.",
    ),
    (
        "load_balancer: internal",
        "4 load_balancer",
        '"internal" is not a mapping or `none`.',
        "Write a mapping with the keys private, waf, listener_arn, or `none`.",
    ),
    (
        "load_balancer: {privat: true}",
        "4 load_balancer.privat",
        '"privat" is not a valid key.',
        'Did you mean "private"?',
    ),
    (
        "load_balancer: {waf: {rules: blok}}",
        "4 load_balancer.waf.rules",
        '"blok" is not a valid value.',
        'Did you mean "block"?',
    ),
    (
        "load_balancer: {waf: {rate: 5}}",
        "4 load_balancer.waf.rate",
        "rate is 5; it must be at least 10.",
        "Write 10 or more.",
    ),
    (
        "load_balancer: none\nhosted_zone: Z123\ndomain: shop.example.com",
        "6 domain",
        "`domain` has no effect without a load balancer. (see line 4)",
        "Leave out `domain`, or `load_balancer: none`.",
    ),
]


@pytest.mark.parametrize(("platform", "where", "what", "step"), PLATFORM)
def test_a_mistake_in_the_platform_is_named(system: Check, platform: str, where: str, what: str, step: str) -> None:
    text = mistakes(system(platform=platform + "\n"))
    assert f"services.yaml:{where}\n  {what}\n  {step}" in text


def test_a_path_without_a_load_balancer_is_a_mistake_with_both_lines(system: Check) -> None:
    text = mistakes(system("a:\n  path: /a\nb: {}", platform="load_balancer: none\n"))
    assert text == (
        "services.yaml:7 services.a.path\n  a has a path, and the system has no load balancer to route it. "
        "(see line 4)\n  Leave out `path`, which makes the service internal, or `load_balancer: none`."
    )


@pytest.mark.parametrize(
    ("services", "what"),
    [
        ("alarms: {}", '"alarms" is reserved'),
        ("eks-exporter: {}", '"eks-exporter" is reserved'),
        ("a--b: {}", "is not a valid name for a Kubernetes namespace"),
        ("a:\n  port: 10250", "10250 is the port of the kubelet"),
        ("a:\n  health: '/${x}'", "is not a path to ask for health"),
        ("a:\n  aws: {dynamodb: {sort_key: {name: id}}}", "use the same attribute twice"),
        ("a:\n  aws: {ses: {from: A@b.com}}\nb:\n  aws: {ses: {from: a@b.com}}", '"a@b.com" already belongs to a'),
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
    assert ("is listed twice" if other == "role/a-b" else "differs from another one only in punctuation") in text


def test_more_teams_than_eks_admits_are_a_mistake(system: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eks, "ACCESS_ENTRIES_PER_CLUSTER", 3)
    admin = "'arn:aws:iam::111122223333:role/platform'"
    cluster = f"cluster: {{admins: {admin}, teams: {{a: {{services: b, role: {_TEAM}}}}}}}\n"
    text = mistakes(system("b: {}", cluster))
    assert "4 principals would log in to the cluster, and EKS admits 3." in text
    assert "Let several teams share a role, as one team." in text


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


def test_two_services_may_use_parts_of_shared_stores_of_each_other_since_neither_reads_the_others_state(
    system: Check,
) -> None:
    result = system("a:\n  aws: {rds: {}, redis: {of: b}}\nb:\n  aws: {rds: {of: a}, redis: {}}")
    assert not result.mistakes
    assert result.spec
    assert result.spec.order == ["a", "b"]


def test_a_cycle_of_references_is_printed(system: Check) -> None:
    text = mistakes(
        system(
            "a:\n  aws: {s3: {of: b}, sns: {}}\nb:\n  aws: {s3: {}, sqs: {of: c}}\nc:\n  aws: {sqs: {subscribe: [a]}}"
        )
    )
    assert "These services refer to each other in a cycle: a → b → c → a." in text


def test_two_paths_with_one_priority_ask_for_another(system: Check) -> None:
    text = mistakes(system("a:\n  path: /x\n  priority: 7\nb:\n  path: /y\n  priority: 7"))
    assert 'services.yaml:9 services.b.path\n  The listener rules of "/y" and "/x" both get priority 7.' in text
    assert "Write `priority: 8` under b." in text


def test_the_101st_routed_service_is_too_many(system: Check) -> None:
    services = "\n".join(f"s{n}:\n  path: /s{n}\n  priority: {n + 1}" for n in range(101))
    text = mistakes(system(services))
    assert "services.s100.path\n  This is service number 101 with a path" in text
    assert "Make it internal" in text
    assert system(services.replace("  path: /s100\n  priority: 101", "  pods: 1")).mistakes == []


def test_a_state_in_no_place_is_in_files(system: Check) -> None:
    spec = system(platform="state: {}\n").spec
    assert spec is not None
    assert spec.state is None


def test_the_100th_user_of_redis_is_one_too_many_beside_the_default_user(system: Check) -> None:
    services = "\n".join(f"s{n}: {{pods: 1, aws: [redis]}}" for n in range(100))
    text = mistakes(system(services))
    assert "services.s99.aws[0]\n  100 services use Redis: with the user `default` that makes 101 users" in text
    assert "at most 100 (quota L-943F0F1C).\n  Take `redis` from 1 of them" in text
    assert system(services.replace("s99: {pods: 1, aws: [redis]}", "s99: {pods: 1}")).mistakes == []


def test_a_project_that_postgresql_reserves_is_a_mistake(checked: Check) -> None:
    text = mistakes(checked("project: order\nregion: eu-west-1\nservices: {}\n"))
    assert 'services.yaml:1 project\n  "order" is a reserved word of PostgreSQL' in text


def test_a_project_whose_database_users_rds_keeps_is_a_mistake(checked: Check) -> None:
    text = mistakes(checked("project: rds\nregion: eu-west-1\nservices: {}\n"))
    assert "services.yaml:1 project\n  PostgreSQL and RDS reserve user names that start with pg_ or rds." in text


def test_a_database_user_with_the_name_of_the_master_is_a_mistake(checked: Check) -> None:
    services = "services: {admin: {aws: [rds]}}"
    text = mistakes(checked(f"project: database\nregion: eu-west-1\naccept: [private-api]\n{services}\n"))
    assert "services.yaml:4 services.admin\n  The database user of admin would be database_admin" in text


def test_all_mistakes_come_in_one_run(system: Check) -> None:
    text = mistakes(system("a:\n  podz: 1\n  cpu: 3\n  calls: [b]\nkube-x: {}", platform="acount: 1\nzones: [a]\n"))
    for words in ("podz", "3 vCPU", 'no service "b"', "kube-x", "acount", "at least two zones"):
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
    assert "it must be at most 43200" in text


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


def test_an_image_is_what_the_charts_take_or_a_tag_of_the_services_own_repository(system: Check) -> None:
    """tests/charts/test_schemas.py gives the same references to the charts."""
    for image in (*image_references.ACCEPTED, *image_references.TAGS):
        assert system(f"a: {{image: {json.dumps(image)}}}").spec is not None, image
    for image in image_references.REFUSED:
        assert "services.a.image" in mistakes(system(f"a: {{image: {json.dumps(image)}}}")), image
