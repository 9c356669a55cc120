"""Backends: one file a device, each turning a plan into something that runs a step."""
