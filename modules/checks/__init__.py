"""All that can be wrong with a services.yaml (mistakes), and all that its owner should know (warnings)."""
