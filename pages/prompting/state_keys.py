"""Keys of the session's state that several files of this page use. What one file alone uses is named there.

Keys of widgets are in shared links and in saved state: their values stay as they are.
"""

VIEW = "prompting_view"
MODEL = "prompting_model"
SYSTEM_PROMPT = "prompting_system"
OPENED = "prompting_opened"
"""Whether the chat has opened with its first exchange: it does so once for each session."""
CHATS = "prompting_chats"
"""Keys of the conversations that this session has shown."""
MESSAGE = "prompting_message"
TEXT = "prompting_text"
"""The text that Completion continues."""
LESSON = "prompting_lesson"
LESSON_QUESTION = "prompting_lesson_question"
EVAL_MODELS = "prompting_set_models"
COMPARE_COLUMNS = "prompting_compare_columns"
