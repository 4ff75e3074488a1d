import type { Logger } from '@junctor/channel'
import { EventEmitter } from 'eventemitter3'
import { expect, it } from 'vitest'
import { createEventSink, type GatewayEvents } from './events.ts'

it('a listener that throws is logged, and nobody else notices', () => {
  const logged: string[] = []
  const log: Logger = {
    debug() {},
    info() {},
    warn() {},
    error: (_fields, message) => void logged.push(message),
  }
  const emitter = new EventEmitter<GatewayEvents>()
  emitter.on('turn:started', () => {
    throw new TypeError('a defect of the listener')
  })
  const facts = { turnId: 't', agentId: 'a', sessionKey: 's' }
  expect(() => createEventSink(emitter, log).emit('turn:started', facts)).not.toThrow()
  expect(logged).toEqual(['a listener of turn:started failed'])
})
