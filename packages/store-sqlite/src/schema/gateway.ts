import { ENTRIES } from './entries.ts'

export const GATEWAY_SCHEMA: readonly string[] = [
  `
  CREATE TABLE refusals (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    peer TEXT NOT NULL,
    thread TEXT NOT NULL,
    native_id TEXT NOT NULL,
    at REAL NOT NULL,
    reason TEXT NOT NULL,
    trace TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX refusals_reference ON refusals (native_id, peer);
  CREATE INDEX refusals_id ON refusals (id);

  CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner TEXT,
    token INTEGER NOT NULL,
    until REAL NOT NULL
  ) STRICT, WITHOUT ROWID;

  ${ENTRIES}
  `,
  `CREATE INDEX refusals_peer ON refusals (peer, seq);`,
]
