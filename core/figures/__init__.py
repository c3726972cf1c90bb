"""Figures: results of core in, plotly figures out. One palette and one template for the whole lab (`style`)."""
