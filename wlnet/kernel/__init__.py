"""The kernel: evaluation, patterns, definitions, messages, sessions' state, and the registry of builtins."""
