"""The use cases, the only writers: load, plan, save the intent, call, confirm, save."""
