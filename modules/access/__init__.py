"""Who may do and reach what in AWS, by the stacks of generated/ alone, evaluated as AWS does."""
