import { describe, expect, it } from 'vitest'
import { compileMentions, type Called } from './mention-patterns.ts'

const agent = (more: Partial<Called> = {}): Called => ({
  id: 'fam',
  name: 'fam',
  identity: {},
  ...more,
})
const family = compileMentions(agent({ mentionPatterns: ['@family', '@familybot', '@Family Bot'] }))

describe('a mention', () => {
  it.each([
    ['@family what is for dinner?', '@family'],
    ['hello @FAMILY!', '@family'],
    ['@FamilyBot?', '@familybot'],
    ['ask @family bot, please', '@family'],
    ['(@family)', '@family'],
    ['@fam\u200bi\u2060ly \u202ehello', '@family'],
    ['\u2066@family\u2069', '@family'],
  ])('is found in %j', (text, pattern) => {
    expect(family(text)).toBe(pattern)
  })

  it.each([
    'family',
    'me@family.example',
    '@families',
    '@family_of_five',
    '@family2',
    '@ family',
    'nothing here',
    '',
  ])('is not found in %j', (text) => {
    expect(family(text)).toBeUndefined()
  })

  it('of several words takes any white space between them', () => {
    const find = compileMentions(agent({ mentionPatterns: ['@Family Bot'] }))
    for (const text of ['@Family Bot', '@family  bot', 'x\n@family\nbot, hi', '@Family\u00a0Bot'])
      expect(find(text)).toBe('@Family Bot')
    for (const text of ['@family', '@familybot', '@family bots']) expect(find(text)).toBeUndefined()
  })

  it('may be a regular expression', () => {
    const find = compileMentions(agent({ mentionPatterns: [String.raw`\b(the )?house(bot)?\b`] }))
    expect(find('Ask the HOUSEBOT')).toBeDefined()
    expect(find('A household')).toBeUndefined()
  })

  it('by an expression takes no time to speak of, whatever the text', () => {
    const find = compileMentions(agent({ mentionPatterns: ['(a+)+$', '(x|x)*y'] }))
    // With back-tracking this would take longer than the universe is old.
    expect(find(`${'a'.repeat(5_000)}!`)).toBeUndefined()
    expect(find('x'.repeat(5_000))).toBeUndefined()
  })

  it('that cannot be read names the agent, the pattern and the cure', () => {
    expect(() => compileMentions(agent({ mentionPatterns: ['(?=x)y'] }))).toThrow(
      /"\(\?=x\)y" of agent "fam" cannot be used: .*groupChat\.mentionPatterns/,
    )
  })

  it('comes from the identity where none is written', () => {
    const find = compileMentions(
      agent({ name: 'Dr. Who', identity: { name: 'Dr. Who', emoji: '🏠' } }),
    )
    for (const text of ['dr. who?', '@Dr. Who', 'hi🏠', '🏠\ufe0f', '@FAM: hi'])
      expect(find(text), text).toBeDefined()
    for (const text of ['drawho', 'doctor who', 'fam', 'fame']) expect(find(text)).toBeUndefined()
    expect(compileMentions(agent({ mentionPatterns: [] }))('@fam')).toBeUndefined()
  })
})
