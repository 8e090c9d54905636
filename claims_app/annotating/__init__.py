"""The Web Annotation form: words of a text that one tool marked and another understands; it knows only texts."""
