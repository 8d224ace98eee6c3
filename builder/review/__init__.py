"""What reviewers and scripts are shown: findings and plans as text and as JSON."""
