"""Recordings of real servers, run through Watchglass: what the servers said is what it has to say."""
