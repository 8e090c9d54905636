"""The published form of a fact-check: schema.org's ClaimReview, as pages, feeds and tools carry it."""
