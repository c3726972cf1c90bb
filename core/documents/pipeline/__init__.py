"""From a corpus to a map: what each job is given, where its result is cached, and bundles that carry it elsewhere."""
