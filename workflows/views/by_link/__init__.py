"""The pages behind a personal link: no account, no session, nothing but one's own answer."""
