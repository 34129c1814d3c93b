"""The contracts: OpenAPI documents, the rules as data, and the suite that judges by them."""
