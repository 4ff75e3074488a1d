import { mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonValue } from '@junctor/agent'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { untilAnswers } from './conversation.ts'
import { openHouse, type House } from './house.ts'

let house: House
beforeEach(async () => {
  house = await openHouse({ accounts: ['bot'], agents: [{ id: 'ada' }] })
  await mkdir(workspace(), { recursive: true })
})
afterEach(() => house.close())

const bot = () => house.telegram.bot(house.tokenOf('bot'))
const workspace = (): string => house.config.agents.list[0]?.workspace ?? ''

/** The agent makes one call with what it read, and answers what came of it. */
function respond(name: string, inputFor: (text: string) => object): void {
  house.models.respond(({ lastUserText, toolResults }) => {
    const [result] = toolResults
    if (result !== undefined) return { text: result.output }
    return { tools: [{ name, input: inputFor(lastUserText) as JsonValue }] }
  })
}

const idIn = (text: string): string => /attachment \d+ of (msg_\w+)\]/.exec(text)?.[1] ?? ''
const answerOf = async (count = 1, chat = 7): Promise<string> =>
  (await untilAnswers(house, 'bot', chat, count)).at(-1) ?? ''

describe('a file that somebody sends', () => {
  const data = new TextEncoder().encode('a,b\n1,2\n')
  const file = { kind: 'document', name: '../../the plan.csv', data } as const

  it('is named to the agent, which puts it into its workspace when it asks for it', async () => {
    respond('attachment', (text) => ({ message: idIn(text) }))
    bot().say({ chat: 7, text: 'see', file })
    expect(await answerOf()).toMatch(/^Saved 8 bytes to attachments\/msg_\w+-1-/)
    const [name, ...others] = await readdir(join(workspace(), 'attachments'))
    expect(others).toEqual([])
    expect(name).toMatch(/^msg_\w+-1-\.\._\.\._the_plan\.csv$/)
    expect(await readFile(join(workspace(), 'attachments', name ?? ''), 'utf8')).toBe('a,b\n1,2\n')
  })

  it('is there for later turns, also after a restart, under the name that the agent gives it', async () => {
    let id = ''
    house.models.respond(({ lastUserText }) => {
      id = idIn(lastUserText)
      return { text: 'noted' }
    })
    bot().say({ chat: 7, text: 'see', file })
    await answerOf()
    await house.restart()
    respond('attachment', () => ({ message: id, number: 1, path: 'in/plan.csv' }))
    bot().say({ chat: 7, text: 'now read it' })
    expect(await answerOf(2)).toBe('Saved 8 bytes to in/plan.csv.')
    expect(await readFile(join(workspace(), 'in/plan.csv'), 'utf8')).toBe('a,b\n1,2\n')
  })

  it('is not to be had from another conversation, nor outside of the workspace, nor when there is none', async () => {
    let id = ''
    house.models.respond(({ lastUserText }) => {
      id = idIn(lastUserText)
      return { text: 'noted' }
    })
    bot().say({ chat: 7, text: 'see', file })
    await answerOf()
    respond('attachment', () => ({ message: id }))
    bot().say({ chat: 8, text: 'and mine?' })
    expect(await answerOf(1, 8)).toContain(`no message "${id}" in this conversation`)
    respond('attachment', () => ({ message: id, path: '../../plan.csv' }))
    bot().say({ chat: 7, text: 'out' })
    expect(await answerOf(2)).toContain('outside of the workspace')
    respond('attachment', () => ({ message: id, number: 2 }))
    bot().say({ chat: 7, text: 'the second' })
    expect(await answerOf(3)).toContain('"number" must be a whole number from 1 to 1')
  })

  it('larger than the limit is not fetched', async () => {
    respond('attachment', (text) => ({ message: idIn(text) }))
    const large = { ...file, data: new Uint8Array(20 * 1024 * 1024 + 1) }
    bot().say({ chat: 7, text: 'see', file: large })
    expect(await answerOf()).toContain('20971521 bytes or more, and 20971520 is the most')
  })
})
