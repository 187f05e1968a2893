CREATE TABLE IF NOT EXISTS calls (
    key         TEXT PRIMARY KEY,
    tool        TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    request     TEXT NOT NULL,
    answer      TEXT,
    state       TEXT NOT NULL,
    sent        INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS call_digests (
    key    TEXT PRIMARY KEY,
    digest INTEGER NOT NULL
) WITHOUT ROWID;
