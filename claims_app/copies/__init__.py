"""The bytes of a kept copy as people read them: its text, a still picture of its page, what stands in it."""
