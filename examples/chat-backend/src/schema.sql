CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY,
    -- The raw id, once the user has asked for a token.
    identity TEXT UNIQUE,
    -- How often the tokens of the user were revoked. A cached token of an earlier count is not valid any more.
    revocations INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    -- Seconds since 1970.
    expires INTEGER NOT NULL
) STRICT;
