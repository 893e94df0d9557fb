"""What people type about accounts, wards and teams."""
