"""Tokens: the frame of the page. Choose, compute, show."""

import streamlit as st

st.markdown("# Tokens")
