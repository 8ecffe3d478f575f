"""AF4xx: edit rules E1 to E15, judged on a change."""
