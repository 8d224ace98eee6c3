"""The card: tags, and the folder that goes on the device."""
