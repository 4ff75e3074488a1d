import { describe, expect, it } from 'vitest'
import { knownTools, meansNothing } from './known-tools.ts'

describe('an entry of a list', () => {
  it.each(['read', 'Read', 'bash', 'apply-patch', 'group:fs', 'group:all', 'sessions_*', '*'])(
    'means something: %s',
    (entry) => expect(meansNothing(entry)).toBe(false),
  )

  it.each(['raed', 'reads', 'zebra_*', 'group'])('means nothing: %s', (entry) => {
    expect(meansNothing(entry)).toBe(true)
  })

  it('may mean a tool that only the caller knows', () => {
    expect(meansNothing('Ticket_*', ['ticket_open'])).toBe(false)
  })
})

it('names every tool of the lists once, and neither groups nor patterns', () => {
  expect(knownTools).toContain('web_fetch')
  expect(knownTools).toContain('agents_list')
  expect(knownTools.filter((name) => /[:*]/.test(name))).toEqual([])
  expect(new Set(knownTools).size).toBe(knownTools.length)
})
