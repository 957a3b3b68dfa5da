"""The AWS CLI: the major version that Terraform's login to the cluster is tried with."""

MAJOR = 2
# In maintenance since 2026-08-05: https://github.com/aws/aws-cli/issues/10536, read 2026-11-25.
END_OF_1 = "2027-07-15"
