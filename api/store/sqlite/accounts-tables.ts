/** People, the codes they were sent, the devices they are signed in on, and whom they looked up by number. */
export const accountsTables = `
CREATE TABLE accounts (
  user TEXT PRIMARY KEY,
  phone TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  signed_up_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE codes (
  request_id TEXT PRIMARY KEY,
  phone TEXT NOT NULL,
  salt TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX codes_of_phone ON codes (phone, sent_at);
CREATE INDEX codes_by_age ON codes (sent_at);

CREATE TABLE sessions (
  device TEXT PRIMARY KEY,
  user TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  signed_in_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  ended_as TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_user ON sessions (user);

CREATE TABLE lookups (
  user TEXT NOT NULL,
  phone_hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  found TEXT,
  PRIMARY KEY (user, phone_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX lookups_by_age ON lookups (user, at);
CREATE INDEX lookups_found ON lookups (user, found) WHERE found IS NOT NULL;
`;

/** How long each code is, and those that nobody guessed wrong, which are forgotten sooner. [AC-11] */
export const codeDigitsTables = `
ALTER TABLE codes ADD COLUMN digits INTEGER NOT NULL DEFAULT 6;
CREATE INDEX codes_untried ON codes (sent_at) WHERE tries = 0;
`;
