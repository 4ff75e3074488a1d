import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonValue } from '@junctor/agent'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
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

  it('into a room without calling the agent is there for it when it is called', async () => {
    const groups = { '*': { requireMention: true } }
    const settings = { accounts: ['bot'], agents: [{ id: 'ada' }], telegram: { groups } }
    await house.gateway.reload(house.configFrom(settings))
    house.models.respond(({ toolResults, body }) => {
      const [result] = toolResults
      if (result !== undefined) return { text: result.output }
      const id = /attachment 1 of (msg_\w+)/.exec(JSON.stringify(body))?.[1] ?? ''
      return { tools: [{ name: 'attachment', input: { message: id, path: 'plan.csv' } }] }
    })
    bot().say({ chat: -5, text: 'look at this, mum', file })
    bot().say({ chat: -5, text: '@bot_bot what is in it?' })
    expect(await answerOf(1, -5)).toBe('Saved 8 bytes to plan.csv.')
  })

  it('larger than the limit is not fetched', async () => {
    respond('attachment', (text) => ({ message: idIn(text) }))
    const large = { ...file, data: new Uint8Array(20 * 1024 * 1024 + 1) }
    bot().say({ chat: 7, text: 'see', file: large })
    expect(await answerOf()).toContain('20971521 bytes or more, and 20971520 is the most')
  })
})

describe('a file that an agent sends', () => {
  const documents = (chat = 7) =>
    bot()
      .messages(chat)
      .filter(({ message }) => message.from?.is_bot === true)
      .flatMap(({ text, message: { document, photo } }) =>
        document === undefined && photo === undefined
          ? []
          : [{ text, name: document?.file_name, isPhoto: photo !== undefined }],
      )
  const untilDocuments = async (count: number, chat = 7) => {
    await house.telegram.waitFor(() => documents(chat).length >= count, { timeoutMs: 20_000 })
    return documents(chat)
  }
  const put = (name: string, content: string | Uint8Array): Promise<void> =>
    writeFile(join(workspace(), name), content)

  it('goes from its workspace into the conversation in hand, before its answer', async () => {
    await put('sum.csv', 'a,b')
    respond('message', () => ({ text: 'here *it* is', files: ['sum.csv'] }))
    bot().say({ chat: 7, text: 'sum it up' })
    const [first, answer] = await untilAnswers(house, 'bot', 7, 2)
    expect(first).toBe('here it is')
    expect(answer).toContain('"accepted"')
    expect(documents()).toEqual([{ text: 'here it is', name: 'sum.csv', isPhoto: false }])
    await vi.waitFor(async () =>
      expect(await house.store.agent('ada').table('outbound-files').list()).toEqual([]),
    )
  })

  it('is what it was when the agent sent it, also when the platform puts it off and the gateway starts anew', async () => {
    await put('cat.png', 'first')
    respond('message', () => ({ text: 'a cat', files: ['cat.png'] }))
    bot().faults.add({ on: 'sendPhoto', kind: 'rate-limit', retryAfterMs: 1_000, times: 1 })
    bot().say({ chat: 7, text: 'go' })
    const rows = async () => house.store.agent('ada').table('outbound-files').list()
    await vi.waitFor(async () => expect(await rows()).toHaveLength(1), { timeout: 20_000 })
    await put('cat.png', 'second')
    await house.restart()
    expect(await untilDocuments(1)).toEqual([{ text: 'a cat', name: undefined, isPhoto: true }])
  })

  it.each([
    ['that is not there', ['gone.csv'], 'no file "gone.csv"'],
    ['outside of its workspace', ['../secret.csv'], 'outside of the workspace'],
    ['larger than the limit', ['large.bin'], '10485760'],
    ['that is none', [7], 'must be paths of files'],
    ['too often', Array.from({ length: 11 }, () => 'sum.csv'), 'at most 10 paths'],
  ])('%s is not sent, and nothing with it', async (_name, files, reason) => {
    await put('large.bin', new Uint8Array(10 * 1024 * 1024 + 1))
    await put('sum.csv', 'a,b')
    await writeFile(join(workspace(), '../secret.csv'), 'secret')
    respond('message', () => ({ text: 'here', files }))
    bot().say({ chat: 7, text: 'go' })
    expect(await answerOf()).toContain(reason)
    expect(documents()).toEqual([])
  })
})
