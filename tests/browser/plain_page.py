"""A page on which all that is hostile is shown as it is on ours: to be served by itself."""

import hostile
import streamlit as st

from charrnn.dashboard.words import plain

for number, text in enumerate(hostile.texts(150)):
    with st.container(key=f"text-{number}"):
        st.warning(plain(text))
        st.caption(plain(text))
        st.markdown(f"**Step 1**: {plain(text)}")
        st.button(f"Learn from {plain(text)}", key=f"button-{number}")
        st.popover(f"Text: {plain(text)}", key=f"popover-{number}")
st.text("That is all.")
