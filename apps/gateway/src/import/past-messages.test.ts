import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toPast, type Past } from './past-messages.ts'
import { readTranscript } from './transcript.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-transcript-'))
})
afterAll(() => rm(folder, { recursive: true }))

const file = (): string => join(folder, 'a.jsonl')

async function read(
  ...records: readonly (object | string)[]
): Promise<Past & { readonly abandoned: number; readonly lines: readonly string[] }> {
  const text = records.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
  await writeFile(file(), `${text.join('\n')}\n`)
  const transcript = await readTranscript(file())
  const past = toPast(transcript, file(), 5)
  const { abandoned } = transcript
  const lines = [...transcript.skipped, ...past.skipped].map(
    (each) => `${each.line} ${each.reason}`,
  )
  return { ...past, abandoned, lines }
}

const header = { type: 'session', version: 3, id: 's', timestamp: '2026-01-02T00:00:00Z' }

function message(id: string, parentId: string | null | undefined, said: object): object {
  const timestamp = '2026-01-02T00:00:01Z'
  return {
    type: 'message',
    id,
    ...(parentId === undefined ? {} : { parentId }),
    timestamp,
    message: said,
  }
}

const user = (content: unknown): object => ({ role: 'user', content })
const assistant = (content: unknown): object => ({ role: 'assistant', content })
const text = (said: string): object => ({ type: 'text', text: said })
const textsOf = ({ messages }: Past): readonly unknown[] =>
  messages.map(({ role, parts }) => [
    role,
    ...parts.map((part) => Object(part).text ?? Object(part).type),
  ])

describe('a transcript of the Clawdbot family', () => {
  it('becomes messages with their times, thinking without its signature', async () => {
    const past = await read(
      header,
      message('a', null, { ...user('Hello'), timestamp: 1_700_000_000_000 }),
      message('b', 'a', {
        ...assistant([
          { type: 'thinking', thinking: 'A greeting.', thinkingSignature: 'c2ln' },
          text('Hi!'),
        ]),
        provider: 'anthropic',
        model: 'claude-test',
      }),
      message(
        'c',
        'b',
        user([text('Look'), { type: 'image', data: 'aGk=', mimeType: 'image/png' }]),
      ),
    )
    expect(past.messages).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Hello' }], at: 1_700_000_000_000 },
      {
        role: 'assistant',
        parts: [
          { type: 'thinking', text: 'A greeting.' },
          { type: 'text', text: 'Hi!' },
        ],
        at: Date.parse('2026-01-02T00:00:01Z'),
      },
      {
        role: 'user',
        parts: [{ type: 'text', text: 'Look\n[image image/png]' }],
        at: Date.parse('2026-01-02T00:00:01Z'),
      },
    ])
    expect(past.model).toBe('anthropic/claude-test')
    expect(past.lines).toEqual([])
  })

  it('gives every call a result and no result without a call', async () => {
    const call = (id: string): object => ({
      type: 'toolCall',
      id,
      name: 'exec',
      arguments: { n: id },
    })
    const result = (toolCallId: string, isError = false): object => ({
      role: 'toolResult',
      toolCallId,
      toolName: 'exec',
      content: [text(`out of ${toolCallId}`)],
      isError,
    })
    const past = await read(
      header,
      message('a', null, user('go')),
      message('b', 'a', assistant([call('c|1'), call('2'), call('3')])),
      message('c', 'b', result('2', true)),
      message('d', 'c', result('c|1')),
      message('e', 'd', result('nobody')),
      message('f', 'e', user('and?')),
      message('g', 'f', result('3')),
      message('h', 'g', assistant([call('2')])),
    )
    expect(past.messages.slice(1).map(({ role, parts }) => ({ role, parts }))).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'tool-call', callId: 'c_1', name: 'exec', input: { n: 'c|1' } },
          { type: 'tool-call', callId: '2', name: 'exec', input: { n: '2' } },
          { type: 'tool-call', callId: '3', name: 'exec', input: { n: '3' } },
        ],
      },
      {
        role: 'tool',
        parts: [
          expect.objectContaining({ callId: 'c_1', status: 'ok', output: 'out of c|1' }),
          expect.objectContaining({ callId: '2', status: 'error', output: 'out of 2' }),
          expect.objectContaining({ callId: '3', name: 'exec', status: 'unknown' }),
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'and?' }] },
      { role: 'assistant', parts: [expect.objectContaining({ callId: '2_2' })] },
      { role: 'tool', parts: [expect.objectContaining({ callId: '2_2', status: 'unknown' })] },
    ])
    expect(past.lines).toEqual([
      '6 has a result of "exec" that nothing called',
      '8 has a result of "exec" that nothing called',
    ])
  })

  it('is what was said last where somebody went back, and counts the rest', async () => {
    const past = await read(
      header,
      message('a', null, user('one')),
      message('b', 'a', assistant([text('wrong way')])),
      message('c', 'b', user('no')),
      message('d', 'a', assistant([text('right way')])),
    )
    expect(textsOf(past)).toEqual([
      ['user', 'one'],
      ['assistant', 'right way'],
    ])
    expect(past.abandoned).toBe(2)
  })

  it('goes on behind a record that is damaged or names none before it', async () => {
    const past = await read(
      header,
      message('a', null, user('one')),
      '{"type":"message","id":"lost","parentId":"a",',
      message('b', 'lost', user('two')),
      message('c', undefined, assistant([text('three')])),
      '"half a lin',
    )
    expect(textsOf(past)).toEqual([
      ['user', 'one'],
      ['user', 'two'],
      ['assistant', 'three'],
    ])
    expect(past.lines).toEqual(['3 is no JSON object', '6 is no JSON object'])
  })

  it.each([
    ['by name', { firstKeptEntryId: 'c' }],
    ['by count', { firstKeptEntryIndex: 3 }],
  ])('ends what a summary stands for, and begins with the summary (%s)', async (how, kept) => {
    // Files that count have no names.
    const parent = (id: string): string | undefined => (how === 'by name' ? id : undefined)
    const past = await read(
      header,
      message('a', parent('s'), user('old')),
      message('b', parent('a'), assistant([text('old answer')])),
      message('c', parent('b'), user('kept')),
      { type: 'compaction', id: 'd', parentId: 'c', summary: 'They spoke of old things.', ...kept },
      message('e', 'd', assistant([text('new')])),
    )
    expect(past.ended).toBe(2)
    expect(textsOf(past).slice(2)).toEqual([
      ['user', '[What was said before, in short]\nThey spoke of old things.'],
      ['user', 'kept'],
      ['assistant', 'new'],
    ])
  })

  it('passes over what it does not understand, and says where', async () => {
    const past = await read(
      header,
      { type: 'model_change', id: 'm', parentId: null, provider: 'x', modelId: 'y' },
      { type: 'hologram', id: 'h', parentId: 'm' },
      message('a', 'h', { role: 'system', content: 'secret orders' }),
      message('b', 'a', assistant([{ type: 'smell' }, text('fine')])),
      message('c', 'b', { role: 'custom', content: 'hidden', display: false }),
      message('d', 'c', { role: 'bashExecution', command: 'ls', output: 'a.txt' }),
      message('e', 'd', assistant([])),
      { id: 'f', parentId: 'e' },
      message('g', 'f', {}),
      message('h2', 'g', assistant(undefined)),
    )
    expect(textsOf(past)).toEqual([
      ['assistant', 'fine'],
      ['user', '$ ls\na.txt'],
    ])
    expect(past.lines).toEqual([
      '3 has the unknown type "hologram"',
      '4 has a message of "system"',
      '5 has parts of an unknown type: "smell"',
      '9 has no type',
      '10 has a message without a role',
      '11 has an answer without content',
    ])
  })

  it('reads the oldest files, which name nothing', async () => {
    const past = await read(
      { type: 'session', id: 's', timestamp: '2024-12-03T14:00:00.000Z', provider: 'anthropic' },
      { type: 'message', timestamp: '2024-12-03T14:00:01.000Z', message: user('Hello') },
      { type: 'message', timestamp: '2024-12-03T14:00:02.000Z', message: assistant('Hi') },
    )
    expect(past.messages).toEqual([
      { role: 'user', parts: [text('Hello')], at: Date.parse('2024-12-03T14:00:01.000Z') },
      { role: 'assistant', parts: [text('Hi')], at: Date.parse('2024-12-03T14:00:02.000Z') },
    ])
  })
})
