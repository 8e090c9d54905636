"""Everything that an article's check rests on in one file, which anybody can verify without the desk."""
