"""Whether a browser tab is still open, asked from outside of its script: what is written for it may go on meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


def tab_is_open() -> Callable[[], bool]:
    """A question that any thread may ask: is the tab for which the script runs now still there?"""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or not Runtime.exists():
        return lambda: False
    runtime, session = Runtime.instance(), context.session_id
    return lambda: runtime.is_active_session(session)
