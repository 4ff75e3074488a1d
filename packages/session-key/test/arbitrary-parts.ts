import * as fc from 'fast-check'
import type { SessionKeyParts } from '@junctor/session-key'

const words = [
  'agent',
  'dm',
  'person',
  'group',
  'channel',
  'thread',
  'topic',
  'subagent',
  'cron',
  'main',
]
const traps = [
  '',
  ':',
  '%',
  '%3A',
  '%u',
  '%uD800',
  'default',
  'a:group:b',
  '\uD800',
  '\uDC00\uD800',
  // They look like nothing, or like one another.
  ' ',
  '\u00A0',
  '\u00AD',
  '\u200B',
  '\uFEFF',
  '\u2028',
  'e\u0301',
  'é',
  '__proto__',
]

/** Any JavaScript string at all, lone surrogates included, and the words that a key is made of. */
export const anyId: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...words, ...traps),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.oneof(fc.integer({ max: 0xffff, min: 0 }), fc.constantFrom(0x25, 0x3a, 0xd83d, 0xde00)),
    )
    .map((units) => String.fromCharCode(...units)),
)

const thread = fc.record({ kind: fc.constantFrom('thread' as const, 'topic' as const), id: anyId })
const directKind = fc.constantFrom('dm' as const, 'person' as const)

function withThread<Parts extends object>(parts: fc.Arbitrary<Parts>) {
  return fc.oneof(
    parts,
    fc.tuple(parts, thread).map(([value, where]) => Object.assign({}, value, { thread: where })),
  )
}

export const anyParts: fc.Arbitrary<SessionKeyParts> = fc.oneof(
  withThread(fc.record({ kind: fc.constant('main' as const), agentId: anyId, mainKey: anyId })),
  withThread(
    fc.record({
      kind: directKind,
      scope: fc.constant('per-peer' as const),
      agentId: anyId,
      id: anyId,
    }),
  ),
  withThread(
    fc.record({
      kind: directKind,
      scope: fc.constant('per-channel-peer' as const),
      agentId: anyId,
      channel: anyId,
      id: anyId,
    }),
  ),
  withThread(
    fc.record({
      kind: directKind,
      scope: fc.constant('per-account-channel-peer' as const),
      agentId: anyId,
      channel: anyId,
      accountId: anyId,
      id: anyId,
    }),
  ),
  withThread(
    fc.record({
      kind: fc.constantFrom('group' as const, 'channel' as const),
      agentId: anyId,
      channel: anyId,
      accountId: anyId,
      id: anyId,
    }),
  ),
  fc.record({
    kind: fc.constantFrom('subagent' as const, 'cron' as const),
    agentId: anyId,
    id: anyId,
  }),
)

/** Texts that look like keys: right words, wrong places, second spellings. */
export const almostKey: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...words, ...traps, '%3a', '%41', '%u0041', 'tg'), anyId), {
    maxLength: 8,
  })
  .map((segments) => ['agent', ...segments].join(':'))
