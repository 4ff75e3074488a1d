import { ENTRIES } from './entries.ts'

/**
 * A session is one lane. `head_seq` is its oldest unfinished message, `queue` says whether the lane waits for
 * `available_at` (0), may be claimed (1) or has nothing to do (NULL): a claim reads one index entry, however many rows are done.
 * `began_after` is the last transcript row before the current conversation. `uncounted` are attempts that ended for no fault of
 * the message. Times are REAL because callers may hand over fractions of a millisecond.
 */
export const AGENT_SCHEMA: readonly string[] = [
  `
  CREATE TABLE fence (one INTEGER PRIMARY KEY CHECK (one = 1), token INTEGER NOT NULL) STRICT;
  INSERT INTO fence VALUES (1, 0);

  CREATE TABLE peers (
    no INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE sessions (
    no INTEGER PRIMARY KEY,
    session_key TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    turns INTEGER NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    model TEXT,
    done_messages INTEGER NOT NULL DEFAULT 0,
    deliveries INTEGER NOT NULL DEFAULT 0,
    token INTEGER NOT NULL,
    owner TEXT,
    head_seq INTEGER,
    last_seq INTEGER,
    queue INTEGER,
    available_at REAL NOT NULL DEFAULT 0,
    draft TEXT
  ) STRICT;
  CREATE INDEX sessions_ready ON sessions (head_seq) WHERE queue = 1;
  CREATE INDEX sessions_waiting ON sessions (available_at) WHERE queue = 0;

  CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session_no INTEGER NOT NULL,
    peer_no INTEGER NOT NULL,
    thread TEXT NOT NULL,
    native_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    accepted_at REAL NOT NULL,
    retry_at REAL NOT NULL DEFAULT 0,
    turn_no INTEGER,
    reason TEXT,
    body TEXT NOT NULL,
    trace TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX inbox_reference ON inbox (native_id, peer_no);
  CREATE INDEX inbox_lane ON inbox (session_no, seq);
  CREATE INDEX inbox_conversation ON inbox (peer_no, thread, accepted_at);
  CREATE INDEX inbox_dead ON inbox (seq) WHERE state = 'dead';

  CREATE TABLE turns (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session_no INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    started_at REAL NOT NULL,
    ended_at REAL NOT NULL,
    outcome TEXT NOT NULL,
    model TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    trace TEXT NOT NULL
  ) STRICT;
  CREATE INDEX turns_session ON turns (session_no);

  CREATE TABLE transcript (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    session_no INTEGER NOT NULL,
    turn_no INTEGER NOT NULL,
    at REAL NOT NULL,
    role TEXT NOT NULL,
    message_id TEXT,
    parts TEXT NOT NULL
  ) STRICT;
  CREATE INDEX transcript_session ON transcript (session_no, seq);

  CREATE TABLE journal (
    no INTEGER PRIMARY KEY,
    session_no INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    name TEXT NOT NULL,
    input TEXT NOT NULL,
    result TEXT,
    UNIQUE (session_no, call_id)
  ) STRICT;

  CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session_no INTEGER NOT NULL,
    turn_no INTEGER NOT NULL,
    peer_no INTEGER NOT NULL,
    thread TEXT NOT NULL,
    message_id TEXT,
    edit_of TEXT,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    unknowns INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    retry_at REAL NOT NULL,
    due_at REAL,
    sender_until REAL,
    sent_at REAL,
    native_id TEXT,
    error TEXT,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX outbox_unfinished ON outbox (peer_no, thread, seq) WHERE state IN ('pending', 'sending');
  CREATE INDEX outbox_sending ON outbox (peer_no, thread) WHERE state = 'sending';
  CREATE INDEX outbox_due ON outbox (due_at, seq) WHERE due_at IS NOT NULL;
  CREATE INDEX outbox_session_due ON outbox (session_no, due_at, seq) WHERE due_at IS NOT NULL;
  CREATE INDEX outbox_conversation ON outbox (peer_no, thread, sent_at) WHERE state = 'sent';
  CREATE INDEX outbox_native_id ON outbox (native_id) WHERE native_id IS NOT NULL;
  CREATE INDEX outbox_turn ON outbox (turn_no);
  CREATE INDEX outbox_message ON outbox (message_id) WHERE message_id IS NOT NULL;
  CREATE INDEX outbox_troubled ON outbox (state) WHERE state IN ('unknown', 'failed');
  CREATE INDEX outbox_unknowns ON outbox (seq) WHERE unknowns > 0;

  ${ENTRIES}
  `,
  `
  ALTER TABLE sessions ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE sessions ADD COLUMN began_after INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN overflowed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE inbox ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE inbox ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;
  `,
  `
  CREATE TABLE kept (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    session_key TEXT NOT NULL,
    peer TEXT NOT NULL,
    thread TEXT NOT NULL,
    native_id TEXT NOT NULL,
    kept_at REAL NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX kept_reference ON kept (native_id, peer);
  CREATE INDEX kept_session ON kept (session_key, seq);
  `,
]
