"""What is read off a map: neighbours, clusters and their names, selections, and how far the map can be trusted."""
