"""Documents from a person's files: tables, Parquet, prose, archives; their columns as fields."""
