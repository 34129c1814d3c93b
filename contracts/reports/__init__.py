"""Reports: listeners on the events of a run. None of them knows how rules are played."""
