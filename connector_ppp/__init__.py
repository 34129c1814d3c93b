"""The Payment Provider Protocol: typed messages, a client that checks answers, a reference connector."""
