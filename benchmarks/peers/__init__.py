"""Programs that make the same resources with CDKTF and its fork, from the data of benchmarks/peer_data.py."""
