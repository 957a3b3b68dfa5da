"""Files that were written to harm whoever reads them, each with words of its refusal; and texts that are kept."""

from collections.abc import Mapping

HEAD = "project: shop\nregion: eu-west-1\n"
EMPTY = f"{HEAD}services: {{}}\n"
LAUGHS = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
PWNED = "/tmp/pwned-by-services-yaml"


def service(body: str) -> str:
    """A system with this service."""
    return f"{HEAD}services:\n  web: {body}\n"


# What a YAML or JSON reader may run, resolve, or read as something else than it looks like.
YAML_TRICKS: Mapping[str, tuple[str | bytes, str]] = {
    "a call": (f"{EMPTY}x: !!python/object/apply:os.system ['touch {PWNED}']\n", "tag"),
    "a new object": (f"{EMPTY}x: !!python/object/new:subprocess.Popen [[touch, {PWNED}]]\n", "tag"),
    "a name": (f"{EMPTY}x: !!python/name:os.system\n", "tag"),
    "a module": (f"{EMPTY}x: !!python/module:os\n", "tag"),
    "an include": (service("{image: !include /etc/passwd}"), "tag"),
    "the environment": (service("{image: !ENV HOME}"), "tag"),
    "bytes": (f"{EMPTY}project: !!binary c2hvcA==\n", "tag"),
    "a directive": (f"%YAML 1.1\n---\n{EMPTY}x: no\n", ""),
    "a tag directive": (f"%TAG ! tag:yaml.org,2002:python/\n---\n{EMPTY}x: !name:os.system\n", "tag"),
    "a billion laughs": (f"{EMPTY}a0: &a0 [ha]\n{LAUGHS}", "aliases"),
    "itself": (f"{EMPTY}x: &x [*x]\n", "aliases"),
    "a merge": (f"{HEAD}x: &x {{pods: 2}}\nservices:\n  web: {{<<: *x}}\n", "merge keys"),
    "a merge without an anchor": (service("{<<: {pods: 2}}"), "<<"),
    "two documents": (f"{EMPTY}---\nproject: other\n", "document"),
    "a doubled key": (f"{EMPTY}project: other\n", "project"),
    "a mapping as key": (f"{EMPTY}? {{a: b}}\n: c\n", ""),
    "a list as key": (f"{EMPTY}? [a]\n: c\n", ""),
    "no key": (f"{EMPTY}null: c\n", ""),
    "a boolean as key": (f"{EMPTY}yes: c\n", ""),
    "a number as service": (f"{HEAD}services: {{1: {{}}}}\n", ""),
    "a date as a project": ("project: 2026-11-26\nregion: eu-west-1\nservices: {}\n", ""),
    "a huge number": (service(f"{{pods: 1{'0' * 5000}}}"), "pods"),
    "an endless number": (service("{pods: .inf}"), "pods"),
    "no number": (service("{pods: .nan}"), "pods"),
    "a base of sixty": (service("{pods: 1:30}"), "pods"),
    "a hundred thousand digits": (service(f"{{port: {'9' * 100_000}}}"), "port"),
    "JSON with a doubled key": ('{"project": "shop", "project": "other", "region": "eu-west-1", "services": {}}', ""),
    "JSON with a lone surrogate": ('{"project": "sh\\ud800op", "region": "eu-west-1", "services": {}}', ""),
    "JSON with a null character": ('{"project": "sh\\u0000op", "region": "eu-west-1", "services": {}}', ""),
    "JSON that names a prototype": ('{"project": "shop", "region": "eu-west-1", "services": {}, "__proto__": {}}', ""),
    "UTF-16": (EMPTY.encode("utf-16"), ""),
    "Latin-1": (f"{EMPTY}tags: {{a: ü}}\n".encode("latin-1"), "UTF-8"),
    "overlong UTF-8": (EMPTY.encode() + b"x: \xc0\xaf\n", "UTF-8"),
    "a null byte": (f"{EMPTY}x: a\0b\n", ""),
    "an escape sequence": (f"{EMPTY}x: \x1b[2J\n", ""),
    "a backspace": (f"{EMPTY}x: a\bb\n", ""),
    "a C1 control": (f"{EMPTY}x: a\x9bb\n", ""),
}
# Places outside of the repository, and of the folders that are ours.
PATHS: Mapping[str, tuple[str | bytes, str]] = {
    "a file above": (service("{files: {/etc/a: ../../../../../../etc/passwd}}"), "files"),
    "a file at the root": (service("{files: {/etc/a: /etc/passwd}}"), "files"),
    "a file behind a link": (service("{files: {/etc/a: link}}"), "files"),
    "a file in a folder behind a link": (service("{files: {/etc/a: folder/passwd}}"), "files"),
    "a device": (service("{files: {/etc/a: /dev/zero}}"), "files"),
    "a target above": (service("{files: {/etc/../proc/a: services.yaml}}"), "files"),
    "a writable folder above": (service("{writable: {/../etc: empty}}"), "writable"),
    "a writable /proc": (service("{writable: {/proc/self: empty}}"), "writable"),
    "a project above": ("project: ../../x\nregion: eu-west-1\nservices: {}\n", "project"),
    "a service above": (f"{HEAD}services: {{../../x: {{}}}}\n", "services"),
    "a service that is a folder": (f"{HEAD}services: {{.: {{}}}}\n", "services"),
    "an early name above": (service("{renamed_from: ../../state}"), "renamed_from"),
    "a mirror that is a file": (f"{EMPTY}chart_mirror: file:///etc\n", "chart_mirror"),
    "a variable in a mirror of images": (f"{EMPTY}image_mirror: example.com/${{var.x}}\n", "image_mirror"),
    "a tag in a mirror of images": (f"{EMPTY}image_mirror: example.com/a:v1\n", "image_mirror"),
    "an option as a mirror": (f"{EMPTY}chart_mirror: --post-renderer=/bin/sh\n", "chart_mirror"),
    "an option as an image": (service("{image: --help}"), "image"),
}
# Names that look like others, and signs that a terminal, a page or a mail obeys.
LOOKS: Mapping[str, tuple[str | bytes, str]] = {
    "a Cyrillic letter in a service": (f"{HEAD}services: {{w\u0435b: {{}}}}\n", "services"),
    "a Cyrillic letter in a project": ("project: sh\u043ep\nregion: eu-west-1\nservices: {}\n", "project"),
    "a Cyrillic letter in a domain": (f"{EMPTY}domain: shop.ex\u0430mple.com\n", "domain"),
    "a Cyrillic letter in a host": (service("{path: /, host: shop.ex\u0430mple.com}"), "host"),
    "a full-width letter": (f"{HEAD}services: {{\uff57eb: {{}}}}\n", "services"),
    "another direction in a service": (f"{HEAD}services: {{we\u202eb: {{}}}}\n", "services"),
    "another direction in an image": (service('{image: "v\u202e1"}'), "image"),
    "nothing wide in a key": (f"{HEAD}servi\u200bces: {{}}\nservices: {{}}\n", ""),
    "a line in a project": ('project: "shop\\n"\nregion: eu-west-1\nservices: {}\n', "project"),
    "a line in a region": ('project: shop\nregion: "eu-west-1\\n"\nservices: {}\n', "region"),
    "a line in a mail": (f'{EMPTY}alarm_email: "ops@example.com\\nBcc: all@example.com"\n', "alarm_email"),
    "a line in a path": (service('{path: "/a\\n"}'), "path"),
    "a line in a range": (f'{EMPTY}network: {{cidr: "10.0.0.0/16\\n"}}\n', "cidr"),
    "a line in an account": (f'{EMPTY}account: "111122223333\\n"\n', "account"),
    "a line in an image": (service('{image: "v1\\n"}'), "image"),
    "a line in the name of a variable": (service('{env: {"A\\n": b}}'), "env"),
    "an escape sequence in a key": (f'{EMPTY}"\\e[2J\\e[31m": 1\n', ""),
    "an escape sequence in a name": (f'{HEAD}services: {{"a\\e]0;title\\a": {{}}}}\n', "services"),
}
REFUSED = {**YAML_TRICKS, **PATHS, **LOOKS}

# Text that Terraform, CDKTF, Helm, a shell, a page or SQL would run, in every place that takes any text.
TEXTS = (
    '${file("/etc/passwd")}',
    '%{ for a in ["x"] }${a}%{ endfor }',
    "$${a} %%{b}",
    '"}\n${path.module}\n{"',
    "${TfToken[TOKEN.0]}",
    "#{TfToken[TOKEN.1]}",
    "{{ .Values }}",
    "{{- fail `x` -}}",
    '{{ include "microservice.labels" . }}',
    '{{ tpl "{{ .Release.Name }}" . }}',
    "{{/* comment */}}{{`raw`}}",
    "{{",
    "; touch /tmp/pwned-by-services-yaml",
    "`touch /tmp/pwned-by-services-yaml`; true",
    "a\nb: c\n- d",
    "a: b #c",
    "--- !!str x",
    "&anchor *alias",
    "| literal",
    "'\"\\",
    "\u202eright to left\u202c",
    "\u0430\u0435\u043e zero\u200bwidth \ufeff",
    "null",
    "~",
    "0x1F",
    "1e3",
    "2026-11-26",
    "no",
    " spaces ",
    "'; drop table users; --",
    "</script><script>alert(1)</script>",
)
# What looks like a way out, and is the name of an object in a bucket, a route, or a word.
KEPT: Mapping[str, tuple[str, str, str]] = {
    "a state above": (
        f"{EMPTY}state: {{s3: {{bucket: abc-def, prefix: ../../x}}}}\n",
        "network",
        "../../x/network.tfstate",
    ),
    "a route above": (service("{path: /a/../../b}"), "web", "/a/../../b"),
    "no as a project": (f"{EMPTY}".replace("shop", "no"), "network", "no-flow-logs"),
    "a set": (f"{HEAD}services: !!set {{web}}\n", "web", "shop-web"),
}
