"""What generated/ and the Terraform states hold, read in one place for everybody."""
