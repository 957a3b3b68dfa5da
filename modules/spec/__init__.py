"""services.yaml: read with its line numbers, checked whole, offered as frozen values. Nothing here knows of cdktf."""
