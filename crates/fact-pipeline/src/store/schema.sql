-- Schema of run.db; its version is SCHEMA_VERSION. docs/store.md says what each table means.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
    session INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,
    ended   INTEGER,
    seconds REAL,
    threads INTEGER NOT NULL,
    samples INTEGER NOT NULL DEFAULT 0,
    state   TEXT NOT NULL DEFAULT 'running'
);

CREATE TABLE packs (
    sha256  TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    version TEXT NOT NULL,
    source  TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE read_errors (
    error   INTEGER PRIMARY KEY,
    file    TEXT NOT NULL,
    line    INTEGER,
    record  INTEGER NOT NULL,
    field   TEXT,
    kind    TEXT NOT NULL,
    message TEXT NOT NULL
);

CREATE TABLE groups (
    grp        INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    question   TEXT NOT NULL,
    samples    INTEGER NOT NULL,
    scenes     INTEGER NOT NULL,
    visible    INTEGER NOT NULL,
    chosen     INTEGER,
    oracle     INTEGER NOT NULL,
    chosen_one INTEGER,
    one_holds  INTEGER,
    round      INTEGER NOT NULL DEFAULT 1,
    held_out   INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE group_records (
    grp     INTEGER PRIMARY KEY REFERENCES groups,
    records INTEGER NOT NULL
);

CREATE TABLE kept (
    grp      INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    samples  INTEGER NOT NULL,
    records  INTEGER,
    programs INTEGER NOT NULL,
    runs     INTEGER NOT NULL,
    body     TEXT NOT NULL,
    digest   INTEGER NOT NULL
);

CREATE TABLE basis (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE rounds (
    round   INTEGER PRIMARY KEY,
    bank    TEXT NOT NULL,
    learned INTEGER NOT NULL,
    refused INTEGER NOT NULL
);

CREATE TABLE candidates (
    grp       INTEGER NOT NULL REFERENCES groups,
    candidate INTEGER NOT NULL,
    proposer  TEXT NOT NULL,
    source    TEXT NOT NULL,
    score     REAL NOT NULL,
    program   TEXT NOT NULL,
    level     INTEGER,
    ran       INTEGER NOT NULL,
    right     INTEGER NOT NULL,
    all_right INTEGER NOT NULL,
    slice     INTEGER,
    reason    TEXT,
    evidence  TEXT,
    PRIMARY KEY (grp, candidate)
) WITHOUT ROWID;

CREATE TABLE samples (
    ordinal    INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    grp        INTEGER NOT NULL REFERENCES groups,
    scene      TEXT NOT NULL,
    sample     TEXT NOT NULL,
    chosen     INTEGER,
    right      INTEGER,
    predicted  TEXT,
    level      INTEGER,
    accepted   INTEGER NOT NULL,
    confidence REAL,
    failure    TEXT
);

CREATE TABLE verdicts (
    ordinal   INTEGER NOT NULL REFERENCES samples,
    candidate INTEGER NOT NULL,
    outcome   TEXT NOT NULL,
    reason    TEXT,
    predicted TEXT,
    score     REAL,
    PRIMARY KEY (ordinal, candidate)
) WITHOUT ROWID;

CREATE TABLE outcomes (
    ordinal INTEGER NOT NULL REFERENCES samples,
    stage   TEXT NOT NULL,
    status  TEXT NOT NULL,
    reason  TEXT,
    detail  TEXT,
    PRIMARY KEY (ordinal, stage)
) WITHOUT ROWID;

CREATE TABLE bridges (
    ordinal     INTEGER PRIMARY KEY REFERENCES samples,
    bridge      TEXT NOT NULL,
    model       TEXT NOT NULL,
    verdict     TEXT NOT NULL,
    text        TEXT NOT NULL,
    differences TEXT NOT NULL,
    rationale   TEXT
);

CREATE TABLE transfers (
    ordinal     INTEGER NOT NULL REFERENCES samples,
    verifier    TEXT NOT NULL,
    condition   TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    hint        TEXT NOT NULL,
    answer      TEXT NOT NULL,
    score       REAL NOT NULL,
    probability REAL,
    PRIMARY KEY (ordinal, verifier, condition)
) WITHOUT ROWID;

CREATE TABLE sample_digests (
    ordinal  INTEGER PRIMARY KEY REFERENCES samples,
    accepted INTEGER NOT NULL,
    digest   INTEGER NOT NULL
);

CREATE TABLE wire (
    session  INTEGER NOT NULL,
    role     TEXT NOT NULL,
    back_end TEXT NOT NULL,
    requests INTEGER NOT NULL,
    repeated INTEGER NOT NULL,
    waited   REAL NOT NULL,
    PRIMARY KEY (session, role, back_end)
) WITHOUT ROWID;

CREATE TABLE rationales (
    ordinal     INTEGER PRIMARY KEY REFERENCES samples,
    residual    TEXT NOT NULL,
    rationale   TEXT NOT NULL,
    certificate TEXT NOT NULL
);
