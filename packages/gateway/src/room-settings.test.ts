import { describe, expect, it } from 'vitest'
import { roomSettings, type GroupSettings } from './room-settings.ts'

const groups: { readonly [id: string]: GroupSettings } = {
  '*': { historyLimit: 1, requireMention: true },
  'guild:G': { requireMention: false, allowFrom: ['7'] },
  lobby: { historyLimit: 3 },
  den: { topics: { t: { requireMention: true, allowFrom: ['8'] }, off: { enabled: false } } },
  shut: { enabled: false, topics: { t: { enabled: true } } },
}

function settings(id: string, place: object = {}): object {
  const peer = { kind: 'channel', id } as const
  const { listedAs, requireMention, historyLimit, allowFrom, enabled } = roomSettings(
    { groups },
    { peer, ...place },
  )
  return { listedAs, requireMention, historyLimit, allowFrom, enabled }
}

describe('the settings of a room', () => {
  it('are those of any room, where nothing is said of it', () => {
    expect(settings('attic')).toMatchObject({
      listedAs: '*',
      requireMention: true,
      historyLimit: 1,
    })
  })

  it('are those of its guild over those of any', () => {
    expect(settings('attic', { guildId: 'G' })).toMatchObject({
      listedAs: 'guild:G',
      requireMention: false,
      historyLimit: 1,
      allowFrom: ['7'],
    })
    expect(settings('attic', { guildId: 'H' })).toMatchObject({ listedAs: '*' })
  })

  it('are those of the room around it over those of the guild', () => {
    const parents = [{ kind: 'channel', id: 'lobby' }]
    expect(settings('attic', { guildId: 'G', parents })).toMatchObject({
      listedAs: 'lobby',
      historyLimit: 3,
      requireMention: false,
    })
  })

  it('are those of the topic over those of the room', () => {
    expect(settings('den', { guildId: 'G', threadId: 't' })).toMatchObject({
      listedAs: 'den',
      requireMention: true,
      allowFrom: ['8'],
    })
    expect(settings('den', { guildId: 'G', threadId: 'u' })).toMatchObject({ allowFrom: ['7'] })
    expect(settings('den', { threadId: 'off' })).toMatchObject({ enabled: false })
    expect(settings('den', { threadId: 'constructor' })).toMatchObject({ enabled: undefined })
  })

  it('leave a room switched off with its topics', () => {
    expect(settings('shut', { threadId: 't' })).toMatchObject({ enabled: false })
  })

  it('are none in a direct conversation', () => {
    const peer = { kind: 'dm', id: 'den' } as const
    expect(roomSettings({ groups }, { peer, threadId: 't' }).listedAs).toBeUndefined()
  })
})
