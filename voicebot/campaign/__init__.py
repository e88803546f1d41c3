"""Many conversations: whom to call, when, and what happens next."""
