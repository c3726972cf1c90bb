"""Results in, plotly figures out. One palette and one template for the whole app (`style`)."""
