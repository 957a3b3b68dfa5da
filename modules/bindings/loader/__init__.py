"""Makes jsii load the provider packages in a second instead of a minute."""
