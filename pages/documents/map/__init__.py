"""Parts of the map: its canvas, the panel beside it, selections, names of clusters, export."""
