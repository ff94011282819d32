"""What keeps a practice safe over years: backups, restores, drills, the doctor."""
