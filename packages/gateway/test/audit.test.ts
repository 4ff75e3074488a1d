import { readAudit } from '@junctor/gateway'
import { afterEach, describe, expect, it } from 'vitest'
import { storyOf, textOfStory, untilAnswers } from './conversation.ts'
import { openHouse, type House } from './house.ts'

let house: House
afterEach(() => house.close())

describe('what policy decides', () => {
  it('is kept for each agent, and told with the message', async () => {
    house = await openHouse({
      accounts: ['bot'],
      agents: [{ id: 'home', default: true, tools: { deny: ['exec'] } }, { id: 'work' }],
    })
    const calls = [
      { name: 'exec', input: { command: 'ls' } },
      { name: 'sessions_send', input: { agentId: 'work', message: 'psst' } },
      { name: 'session_status', input: {} },
    ]
    house.models.respond(({ toolResults }) =>
      toolResults.length === 0 ? { tools: calls } : { text: 'done' },
    )
    const said = house.telegram.bot(house.tokenOf('bot')).say({ chat: 7, text: 'go' })
    await untilAnswers(house, 'bot', 7, 1)
    const entries = await readAudit(house.store, 'home', { limit: 10 })
    expect(entries).toMatchObject([
      { decision: 'denied', tool: 'exec', rule: 'agents.home.tools deny "exec"' },
      {
        decision: 'denied',
        tool: 'sessions_send',
        rule: expect.stringContaining('tools.agentToAgent.enabled is false'),
        sessionKey: 'agent:home:telegram:bot:dm:7',
      },
    ])
    expect(await readAudit(house.store, 'work', { limit: 10 })).toEqual([])
    expect(textOfStory(await storyOf(house, said.message_id))).toContain(
      'It called the tool sessions_send: denied (agents do not reach each other here',
    )
  })
})
