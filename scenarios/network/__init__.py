"""The network between the parts of a rehearsal, where a scenario's faults disturb it: a process that passes all on."""
