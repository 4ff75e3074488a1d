import { afterEach, describe, expect, it } from 'vitest'
import { openHouse, type House } from './house.ts'

interface ToolsRequest {
  readonly tools?: readonly { readonly name: string }[]
}

let house: House
afterEach(() => house.close())

/** What each chat's agent was offered, by the text of the message. */
async function offered(sandbox: object, tools: object = {}): Promise<Record<string, string[]>> {
  house = await openHouse({
    accounts: ['bot'],
    agents: [{ id: 'family', default: true, sandbox, tools }],
    more: { session: { dmScope: 'main' } },
  })
  const names: Record<string, string[]> = {}
  house.models.respond(({ body }) => {
    const text = /from-(dm|room)/.exec(JSON.stringify(body))?.[1] ?? ''
    names[text] = ((body as ToolsRequest).tools ?? []).map(({ name }) => name)
    return { text: 'done' }
  })
  const bot = house.telegram.bot(house.tokenOf('bot'))
  bot.say({ chat: 7, text: 'from-dm' })
  bot.say({ chat: -100, text: '@bot_bot from-room' })
  await house.telegram.waitFor(() => bot.countCalls('sendMessage') >= 2)
  return names
}

describe('the tools of an agent whose sandbox this machine cannot give it', () => {
  it('are refused, but for those that only ask the gateway', async () => {
    expect(await offered({ mode: 'all' })).toEqual({
      dm: ['session_status'],
      room: ['session_status'],
    })
  })

  it('are refused outside the main session, where that one is not sandboxed', async () => {
    const { dm, room } = await offered({ mode: 'non-main' })
    expect(dm).toContain('read')
    expect(room).toEqual(['session_status'])
  })

  it('are never more than the sandbox allows', async () => {
    expect(await offered({ mode: 'all' }, { sandbox: { tools: { allow: ['read'] } } })).toEqual({
      dm: [],
      room: [],
    })
  })
})
