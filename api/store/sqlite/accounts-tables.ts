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

/**
 * An account may be without a number, once another began with its own; a code may be for changing one; a PIN guards one. [AC-12]
 * SQLite cannot take a NOT NULL away, so the accounts move to a table without it.
 */
export const numbersAndPinsTables = `
CREATE TABLE accounts_moved (
  user TEXT PRIMARY KEY,
  phone TEXT UNIQUE,
  name TEXT NOT NULL,
  signed_up_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO accounts_moved (user, phone, name, signed_up_at) SELECT user, phone, name, signed_up_at FROM accounts;
DROP TABLE accounts;
ALTER TABLE accounts_moved RENAME TO accounts;

ALTER TABLE codes ADD COLUMN for_user TEXT;
ALTER TABLE sessions ADD COLUMN address TEXT;
CREATE INDEX lookups_of_found ON lookups (found) WHERE found IS NOT NULL;

CREATE TABLE pins (
  user TEXT PRIMARY KEY,
  salt TEXT NOT NULL,
  hash TEXT NOT NULL,
  tries INTEGER NOT NULL,
  tried_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Whose number changed by which request without their devices having been told. [AC-14] */
export const numbersUntoldTables = `
CREATE TABLE numbers_untold (user TEXT PRIMARY KEY, request_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;
