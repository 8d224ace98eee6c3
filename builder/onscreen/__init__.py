"""Words on the screen of a device: the files that a manifest names, found and read, and what the device cannot show."""
