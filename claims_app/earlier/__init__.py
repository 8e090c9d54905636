"""Earlier checks: what others, or we, published about a claim before. They are never verdicts of ours."""
