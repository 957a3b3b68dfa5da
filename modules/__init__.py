"""services.yaml becomes Terraform JSON, in stages that each know only of those before them.

    services.yaml
      │  spec/document      values with their line numbers
      │  spec/shape         the model (spec/model), or what does not fit it
      │  spec/rules         mistakes: all of them, or go        spec/warnings   what the owner should know
      ▼
    Spec ──── naming, routing, values, fluent_bit, permissions/ … ──── pure: no cdktf, milliseconds
      │  stacks/            wiring: one Terraform state a file, in the order of their apply
      │  components/        one construct a file; takes values, makes resources, offers values
      │  providers/         the Terraform bindings, loaded in a second instead of a minute
      ▼
    build                   JSON, without what CDKTF leaves of itself in it
      │  standing           no stack vanishes that still holds resources
      │  charts             charts/, with a version that says what is in them
      │  write              generated/ whole, or not at all
      ▼
    generated/

| to … | touch only |
|---|---|
| add a permission kind | its file in permissions/, its component, and its line in each of the two tables |
| add a key to a service | spec/model, a rule if it can be wrong, the one component that reads it |
| add an AWS resource | its component, one line in a stack |
| add a stack | its file in stacks/, one line in PLATFORM |
| bump a version, a price, a quota | facts/ |
"""
