"""The programs that the checker judges are not tests themselves."""

collect_ignore_glob = ["programs/*", "corpus/*", "edited/*"]
