"""services.yaml becomes Terraform JSON in stages; data goes one way, and each stage imports only those before it.

    services.yaml
      │  spec/yaml_file     the YAML values with their line numbers (spec/document)
      │  spec/parse         the model (spec/model), or a mistake for each value that does not fit it
      │  checks/rules       all mistakes at once; without one, checks/warnings: what the owner should know
      ▼
    Spec ──── design, permissions, naming.py: every decision that follows from it; pure, without cdktf
      │  spec/reads         only stacks that read something that changed go on; the rest is in synth/stack_cache
      │  stacks             wiring: one Terraform state a file, in the order of their apply
      │  constructs         one construct a file: takes values, makes resources, offers values
      │  bindings           the Terraform bindings, which load in a second instead of a minute
      ▼
    synth/render            JSON, without the notes that CDKTF leaves in it
      │  state              refuses to drop a stack whose state still holds resources
      │  synth/writer       writes generated/ completely, or not at all
      ▼
    generated/

The rooms, in the order of the stages, and what each may import besides itself (tests/unit/test_rooms.py holds it):

| room or file | what it is | may import |
|---|---|---|
| `facts` | facts that AWS, Kubernetes and the providers own, each with its source and date | none |
| `naming.py` | every Terraform address and AWS name | none |
| `errors.py` | the error that a command ends with | none |
| `paths.py` | the root of the repository | none |
| `terminal.py` | how commands speak: colours, and what is being waited for | none |
| `parallel.py` | how many stacks are worked on at once, by the graph and within a bound | errors |
| `plugin_cache.py` | where Terraform keeps what all stacks share, its provider plugins | none |
| `git.py` | what git says of a repository | errors |
| `user_cache.py` | the folder of what is kept between runs | none |
| `signature.py` | what tells one content of a file from another without reading it | none |
| `generator.py` | the generator as a digest | paths signature |
| `kept.py` | what follows from its input and the generator, kept between runs | generator user_cache |
| `bounded_file.py` | reads a file of a bounded size, and nothing that is not a file | none |
| `schema` | building blocks of the input language: the base model, patterns | none |
| `iam` | IAM statements as values, and IAM's answer to a call | none |
| `access` | the policies of generated/, and who may do what by them | facts iam |
| `permissions` | what a word under `aws:` means | facts naming schema iam |
| `spec` | services.yaml as frozen values | bounded_file facts kept naming signature schema iam permissions |
| `design` | every decision that follows from a spec; pure | facts naming paths schema iam permissions spec |
| `checks` | mistakes and warnings | facts naming paths schema iam permissions spec design |
| `diagram` | the system as pictures: drawio, SVG, PNG | facts naming permissions spec design |
| `bindings` | the only importer of cdktf, jsii and the provider packages | terminal user_cache |
| `constructs` | resources, grouped by area of AWS | facts naming iam permissions spec design bindings |
| `stacks` | wiring | naming spec design bindings constructs |
| `synth` | the files of generated/ | bounded_file errors facts generator git kept naming paths signature terminal user_cache spec design bindings constructs stacks |
| `state` | reads generated/ and Terraform states | bounded_file errors git facts naming |
| `doctor` | asks the machine and the account whether the system can be built | bounded_file errors terminal facts spec design state |
| `shared_state` | the bucket of the states, and moves of states between places | bounded_file errors facts spec design state doctor |
| `adopt` | asks AWS about what a service is to take over | errors permissions spec doctor |
| `deploy` | runs Terraform and cdktf; asks AWS and the cluster why a release failed | facts naming errors parallel paths plugin_cache terminal spec design checks state doctor |
| `operate` | looks at the pods of a running service, and runs commands in them | facts naming errors terminal permissions spec design doctor deploy |
| `reports` | what a person wants to know of a system | bounded_file facts naming paths iam access permissions spec design checks state |
| `page` | the system as one HTML page | facts naming iam permissions spec design checks diagram reports |
| `pipelines` | files by which GitHub Actions, GitLab CI and Atlantis plan and apply | facts spec state |
| `gate` | what a security reviewer asks of generated/: rules, and the findings that are accepted | facts |
| `plan` | what a change does to all stacks, asked of Terraform or told by files, in words | bounded_file errors parallel plugin_cache facts iam access spec state reports |
| `scaffold` | text that users own: a new service in services.yaml, a word of one | design spec |
| `cli` | the command line: one file a subcommand | every room but bindings constructs stacks |

Where each kind of change is made; CONTRIBUTING.md has the checklists:

| to … | touch only |
|---|---|
| add a permission kind | `permissions/`: its file and its line in `permissions/__init__.py`; `constructs/permissions/`: its construct and its line in `constructs/permissions/registry.py`; its shape in `facts/drawio.py` |
| add a key of a service | `spec/model.py`; `checks/rules/` if it can be wrong; the one file of `design/` or `constructs/` that reads it |
| add a rule or a warning | its function and its line in the table of `checks/rules/__init__.py` or `checks/warnings.py` |
| add an AWS resource | its construct in `constructs/`, its classes in `bindings/aws.py`, one line in a file of `stacks/`; for a new type, how it is billed in `reports/usage.py` or `reports/unpriced.py`, and what it is called in `plan/meanings.py` |
| add an alarm | the file of its area in `constructs/monitoring/` |
| add a private endpoint | `facts/vpc.py` |
| add a stack | its file in `stacks/`, one line in `stacks/__init__.py` and in PLATFORM_STACKS of `naming.py` |
| add to the pictures | `diagram/`: the file of the page; an icon's shape in `facts/drawio.py`, its glyph in `diagram/glyphs.py` |
| add to the page of `make report` | `page/`: its values in a file of their own and in `page/contents.py`, its template in `page/templates/` |
| add an engine of pipelines | its template in `pipelines/templates/` and its line in `pipelines/engines.py` |
| add a report or a command | its file in `reports/` or `cli/` |
| add a check of the account | its file and its line in the table of `doctor/examine.py` |
| change a version, a price, a quota | `facts/` |
"""  # noqa: E501
