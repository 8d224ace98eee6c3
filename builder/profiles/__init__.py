"""Devices as data: one frozen Profile, one YAML file per kind of device, each fact with its source."""
