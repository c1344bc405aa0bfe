/**
 * The log and its projections. `events` is the truth: its primary key is the fence against two events of one number, its
 * unique constraint the fence against an op stored twice. What is compared or sought is a column, the rest is JSON.
 */
export const logTables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  log TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  op_id TEXT NOT NULL,
  chain TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (log, seq),
  UNIQUE (log, op_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE logs (
  log TEXT PRIMARY KEY,
  head INTEGER NOT NULL,
  chain TEXT NOT NULL,
  last_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  message_count INTEGER NOT NULL,
  room_epoch INTEGER NOT NULL,
  compacted_to INTEGER NOT NULL,
  relayed_to INTEGER NOT NULL,
  -- The last event with consequences in self logs: relays are pending while relayed_to < relays_at.
  relays_at INTEGER NOT NULL,
  state_as_of INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX logs_unrelayed ON logs (log) WHERE relayed_to < relays_at;

-- Apart from logs, because a state of a thousand members is large and most events do not change it.
CREATE TABLE states (log TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  log TEXT NOT NULL,
  seq INTEGER NOT NULL,
  id TEXT NOT NULL,
  by TEXT NOT NULL,
  revised INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  author_ordinal INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (log, seq),
  UNIQUE (log, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_by_author ON messages (log, by, seq, author_ordinal);

CREATE TABLE memberships (
  log TEXT NOT NULL,
  user TEXT NOT NULL,
  revised INTEGER NOT NULL,
  role TEXT,
  spans TEXT NOT NULL,
  own_messages INTEGER NOT NULL,
  PRIMARY KEY (log, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_of_user ON memberships (user, log);

CREATE TABLE registers (
  user TEXT NOT NULL,
  key TEXT NOT NULL,
  revised INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (user, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE mentions (log TEXT NOT NULL, user TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (log, user, seq)) STRICT, WITHOUT ROWID;
`;
