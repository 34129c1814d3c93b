"""What the APIs look like on the wire, one module an API: camelCase lives in this room only."""
