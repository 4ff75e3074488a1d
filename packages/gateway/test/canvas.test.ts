import { afterEach, describe, expect, it } from 'vitest'
import { answersIn, untilAnswers } from './conversation.ts'
import { openHouse, type House } from './house.ts'

let house: House
afterEach(() => house.close())

/** What the agent answered after one call of the tool. */
async function call(input: { readonly [key: string]: string }, chat = 7): Promise<string> {
  house.models.respond(({ toolResults }) => {
    const [result] = toolResults
    return result === undefined
      ? { tools: [{ name: 'canvas', input }] }
      : { text: result.output.slice(0, 200) }
  })
  house.telegram.bot(house.tokenOf('bot')).say({ chat, text: 'go' })
  const count = answersIn(house, 'bot', chat).length + 1
  return (await untilAnswers(house, 'bot', chat, count))[count - 1] ?? ''
}

const keyOf = (chat: number): string => `agent:ada:telegram:bot:dm:${chat}`
const shown = async (chat = 7) => house.gateway.canvases.get('ada', keyOf(chat))

describe('the canvas of a session', () => {
  it('is its own, survives a restart, and is replaced and taken away', async () => {
    house = await openHouse({ accounts: ['bot'], agents: [{ id: 'ada' }, { id: 'bea' }] })
    expect(await call({ action: 'update', html: '<p>1' })).toContain('Nothing is shown yet')
    expect(await call({ action: 'clear' })).toBe('Nothing was shown.')
    expect(await call({ action: 'show', html: '<p>1', title: 'Plan' })).toBe(
      'Shown on the web page as "Plan" (4 characters).',
    )
    await call({ action: 'show', html: '<p>other' }, 8)
    await house.restart()
    expect(await shown()).toMatchObject({ title: 'Plan', html: '<p>1' })
    expect(await shown(8)).toMatchObject({ title: 'Canvas', html: '<p>other' })
    expect(await house.gateway.canvases.get('bea', keyOf(7))).toBeUndefined()
    expect(await house.gateway.canvases.get('../ada', keyOf(7))).toBeUndefined()

    await call({ action: 'update', html: '<p>2' })
    expect(await shown()).toMatchObject({ title: 'Plan', html: '<p>2' })
    expect((await house.gateway.canvases.list()).map(({ sessionKey }) => sessionKey)).toEqual([
      keyOf(7),
      keyOf(8),
    ])
    expect(await call({ action: 'clear' })).toBe('Taken away.')
    expect(await shown()).toBeUndefined()
    expect(await house.gateway.canvases.list()).toHaveLength(1)
  })

  it('is refused when it is too long, and where the tool is denied', async () => {
    house = await openHouse({
      accounts: ['bot'],
      agents: [{ id: 'ada' }],
    })
    expect(await call({ action: 'show', html: 'x'.repeat(200_001) })).toContain(
      '"html" has 200001 characters, and 200000 is the most',
    )
    expect(await call({ action: 'show', html: '<p>', title: 'y'.repeat(101) })).toContain('"title"')
    expect(await shown()).toBeUndefined()
    const denied = { accounts: ['bot'], agents: [{ id: 'ada', tools: { deny: ['group:ui'] } }] }
    await house.gateway.reload(house.configFrom(denied))
    expect(await call({ action: 'show', html: '<p>' })).toContain('is denied to this agent')
    expect(await shown()).toBeUndefined()
  })

  it('goes with its agent', async () => {
    house = await openHouse({ accounts: ['bot'], agents: [{ id: 'ada' }, { id: 'bea' }] })
    await call({ action: 'show', html: '<p>1' })
    const others = { accounts: ['bot'], agents: [{ id: 'bea' }] }
    await house.gateway.reload(house.configFrom(others))
    expect(await house.gateway.canvases.list()).toEqual([])
    await house.gateway.purgeAgent('ada')
    expect(await house.store.gateway.table('canvases').list()).toEqual([])
  })
})
