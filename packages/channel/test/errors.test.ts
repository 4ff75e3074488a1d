import { describe, expect, it } from 'vitest'
import { hasCode, JunctorError } from '@junctor/errors'
import * as channel from '@junctor/channel'

describe('a channel error', () => {
  const error = new channel.ChannelError('telegram', 'RATE_LIMITED', 'Too fast.', {
    retryAfterMs: 2000,
    details: { method: 'sendMessage' },
  })

  it('says which channel it comes from, what happened and when to try again', () => {
    expect(error).toMatchObject({
      name: 'ChannelError',
      channel: 'telegram',
      code: 'RATE_LIMITED',
      message: 'Too fast.',
      retryAfterMs: 2000,
      details: { method: 'sendMessage' },
    })
  })

  it('is recognised by its brand, also from another copy of the package', () => {
    const foreign = Object.create(null, {
      [Symbol.for('junctor.error')]: { value: true },
      code: { value: 'CLOSED' },
    }) as unknown
    expect(channel.ChannelError.isInstance(error)).toBe(true)
    expect(hasCode(foreign, 'CLOSED')).toBe(true)
    expect(channel.ChannelError.isInstance(new Error('plain'))).toBe(false)
  })

  it('keeps its cause', () => {
    const cause = new Error('socket hang up')
    expect(new channel.ChannelError('x', 'UNKNOWN', 'No answer.', { cause }).cause).toBe(cause)
  })
})

describe('the package', () => {
  it('exports types, branded errors and three building blocks, nothing else', () => {
    expect(Object.keys(channel).sort()).toEqual([
      'ChannelError',
      'createBackoff',
      'createFlights',
      'createHealthBoard',
    ])
    expect(channel.ChannelError.prototype).toBeInstanceOf(JunctorError)
  })
})
