import type { MessageEnvelope } from '@junctor/channel'
import { describe, expect, it } from 'vitest'
import { recogniseCommand } from './recognise.ts'

const direct: MessageEnvelope = {
  type: 'message',
  channel: 'telegram',
  accountId: 'red',
  peer: { kind: 'dm', id: '7' },
  nativeId: '1',
  sender: { id: '7', isBot: false, isSelf: false },
  sentAt: 0,
  text: '',
  mentions: { self: false, ids: [] },
  attachments: [],
}
const room: MessageEnvelope = { ...direct, peer: { kind: 'group', id: '-1' } }
const mentioned = { self: true, ids: ['1000'] }
const on = { enabled: true, allowFrom: {} }

const read = (text: string, envelope: MessageEnvelope): string | undefined => {
  const found = recogniseCommand({ ...envelope, text }, on)
  return found === undefined ? undefined : `${found.name}(${found.argument})`
}

describe('a command', () => {
  it.each([
    ['/status', 'status()'],
    [' /status \n', 'status()'],
    ['/model  openai/gpt-5 ', 'model(openai/gpt-5)'],
    ['/why\nmsg_1', 'why(msg_1)'],
  ])('is %j', (text, expected) => {
    expect(read(text, direct)).toBe(expected)
  })

  it.each([
    'status',
    'please /status',
    '/Status',
    '/statuses',
    '/status-report',
    '/status/now',
    '// status',
    '/',
    '/etc/hosts',
    '/constructor',
    '/status@other_bot',
    '@red_bot /status',
  ])('is not %j in a direct message', (text) => {
    expect(read(text, direct)).toBeUndefined()
  })

  it.each([
    ['/status@red_bot', 'status()'],
    ['/model@red_bot fast', 'model(fast)'],
    ['@red_bot /status', 'status()'],
    ['<@1000> /why 12', 'why(12)'],
    ['<@!1000>  /status', 'status()'],
    ['red_bot: /status', 'status()'],
    ['@red_bot tell me about /status', undefined],
    ['see @red_bot /status', undefined],
    ['@red_bot /nothing', undefined],
    ['/status', 'status()'],
  ])('in a room that mentions the bot: %j is %s', (text, expected) => {
    expect(read(text, { ...room, mentions: mentioned })).toBe(expected)
  })

  it('is for nobody else in a room', () => {
    expect(read('/status', room)).toBe('status()')
    expect(read('@somebody /status', room)).toBeUndefined()
    expect(read('/status@other_bot', room)).toBeUndefined()
    // A reply to the bot that names another one.
    const reply = { ...room, mentions: { self: true, ids: [] } }
    expect(read('/status@other_bot', reply)).toBeUndefined()
  })

  it('carries no attachment, and is text where commands are switched off', () => {
    const attachments = [{ kind: 'image', ref: 'x' }] as const
    expect(read('/status', { ...direct, attachments })).toBeUndefined()
    const off = { enabled: false, allowFrom: {} }
    expect(recogniseCommand({ ...direct, text: '/status' }, off)).toBeUndefined()
  })
})
