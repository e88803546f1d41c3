"""Every query about accounts, campaigns, calls and recordings. Functions take a session; only the edge commits."""
