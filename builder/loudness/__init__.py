"""What the level of a recording is, and what it should be: metering, limiting, the search for a gain. Pure."""
