"""Files by which GitHub Actions, GitLab CI and Atlantis plan and apply generated/."""
