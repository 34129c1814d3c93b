"""What the ports are made of: stores, clocks, ids, connectors over HTTP and in-process."""
