"""Past runs: the database, how a run is stored and found, branches of an answer, exports."""
