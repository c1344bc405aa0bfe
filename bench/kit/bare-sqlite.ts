/** The limit: SQLite as our store sets it up, and rows like ours: `node bench/kit/bare-sqlite.ts <file> <rows a commit> <ms>`. Prints rows a second. */
import { DatabaseSync } from 'node:sqlite';

const [file, groupSize, forMs] = process.argv.slice(2) as [string, string, string];
const db = new DatabaseSync(file);
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
db.exec(`CREATE TABLE events (log TEXT NOT NULL, seq INTEGER NOT NULL, op_id TEXT NOT NULL, chain TEXT NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (log, seq), UNIQUE (log, op_id)) STRICT, WITHOUT ROWID`);
const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
const content = JSON.stringify({
  type: 'message',
  by: 'x'.repeat(36),
  payload: { body: { kind: 'text', text: 'x'.repeat(200) } },
});

let rows = 0;
const startedMs = performance.now();
while (performance.now() - startedMs < Number(forMs)) {
  db.exec('BEGIN IMMEDIATE');
  for (let i = 0; i < Number(groupSize); i++, rows++)
    insert.run(`c:${rows % 50}`, rows, `op-${rows}`, '0123456789abcdef', content);
  db.exec('COMMIT');
}
process.stdout.write(`${rows / ((performance.now() - startedMs) / 1_000)}\n`);
db.close();
