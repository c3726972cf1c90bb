"""Parts of the map: the panel beside it, selections, names of clusters, export."""
