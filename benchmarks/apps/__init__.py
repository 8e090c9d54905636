"""The programs that the desk is measured against; each runs by itself and knows nothing of the desk's code."""
