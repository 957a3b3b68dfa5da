"""What a change does to all stacks together, asked of Terraform on copies, and said in words."""
