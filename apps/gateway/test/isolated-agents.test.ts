import { readFile } from 'node:fs/promises'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation, type RunningGateway } from './installation.ts'

const token = '1000:fake-token-of-the-lab'
const apiKey = 'planted-key-of-the-lab-77c1'
const patience = { timeoutMs: 60_000 }
/** Who writes to the agent with a process of its own, and to the others. */
const lab = 7
const home = 8

let platform: TelegramServer
let models: ModelServer
let bot: TelegramBot
let installation: Installation
let gateway: RunningGateway

beforeEach(async () => {
  platform = await createTelegramServer({ bots: [{ token, username: 'lab_bot' }] })
  models = await createModelServer()
  bot = platform.bot(token)
  installation = await createInstallation(configOf({ isolation: 'process' }))
  gateway = await installation.start()
})
afterEach(async () => {
  await installation.close()
  await Promise.all([platform.stop(), models.close()])
})

function configOf(runtime: object): object {
  return {
    gateway: { port: 0 },
    agents: {
      defaults: { model: 'anthropic/claude-test' },
      list: [
        { id: 'home', default: true },
        { id: 'lab', runtime },
      ],
    },
    bindings: [
      { agentId: 'lab', match: { channel: 'telegram', peer: { kind: 'dm', id: String(lab) } } },
    ],
    session: { dmScope: 'per-peer' },
    channels: { telegram: { botToken: token, apiRoot: platform.url, dmPolicy: 'open' } },
    models: { providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey } } },
  }
}

/** The model of the lab runs these commands, one for each message; home's answers. */
function commands(...scripts: readonly string[]): { readonly outputs: readonly string[] } {
  const outputs: string[] = []
  let next = 0
  models.respond(({ system, toolResults, lastUserText }) => {
    const [result] = toolResults
    if (system?.includes('agent id: home')) return { text: `home: ${lastUserText}` }
    if (result !== undefined) {
      outputs.push(result.output)
      return { text: `lab: ${lastUserText}` }
    }
    const script = scripts[next]
    next += 1
    if (script === undefined) return { text: `lab: ${lastUserText}` }
    return { tools: [{ name: 'exec', input: { command: script } }] }
  })
  return { outputs }
}

const answered = (chat: number, text: string): Promise<unknown> =>
  platform.waitFor(() => bot.messages(chat).some((message) => message.text === text), patience)

describe('an agent with a process of its own', () => {
  it('runs its commands there, without the keys, and answers', async () => {
    const { outputs } = commands('echo $PPID; env; cat /proc/$PPID/environ')
    bot.say({ chat: lab, text: 'look' })
    await answered(lab, 'lab: look')
    const pid = Number(outputs[0]?.split('\n')[0])
    expect(pid).not.toBe(gateway.process.pid)
    expect(outputs[0]).not.toContain(apiKey)
    expect(await parentOf(pid)).toBe(gateway.process.pid)
  }, 90_000)

  it('takes nobody with it when its process is killed, and answers once', async () => {
    const { outputs } = commands('sleep 0.2; kill -9 $PPID')
    bot.say({ chat: lab, text: 'break' })
    bot.say({ chat: home, text: 'hello' })
    await answered(home, 'home: hello')
    await answered(lab, 'lab: break')
    // The command may have done what it was to do: it is not run again.
    expect(outputs).toEqual([expect.stringContaining('Nobody knows whether it took effect')])
    bot.say({ chat: lab, text: 'again' })
    await answered(lab, 'lab: again')
    expect(bot.messages(lab).filter(({ text }) => text === 'lab: break')).toHaveLength(1)
    expect(gateway.output()).toMatch(/the process ended: signal SIGKILL/)
    const why = await installation.run('why', await messageIdOf('break'))
    expect(why.stdout).toContain('The process of agent lab ended: signal SIGKILL')
  }, 90_000)

  it('starts sub-agents, which run in it too, and is told how they ended', async () => {
    const seen: { offered: readonly string[]; output?: string } = { offered: [] }
    models.respond(({ lastUserText, toolNames, toolResults: [result] }) => {
      if (lastUserText.startsWith('The sub-agent'))
        return { text: /^Status: ok$/m.test(lastUserText) ? 'lab: it is done' : lastUserText }
      const isChild = lastUserText.startsWith('You are a sub-agent')
      if (isChild) Object.assign(seen, { offered: toolNames, output: result?.output })
      if (result !== undefined) return { text: isChild ? 'done' : 'lab: started' }
      return isChild
        ? { tools: [{ name: 'exec', input: { command: 'echo $PPID' } }] }
        : { tools: [{ name: 'sessions_spawn', input: { task: 'look' } }] }
    })
    bot.say({ chat: lab, text: 'spawn' })
    await answered(lab, 'lab: started')
    await answered(lab, 'lab: it is done')
    expect(Number(seen.output?.split('\n')[0])).not.toBe(gateway.process.pid)
    expect(seen.offered).toContain('exec')
    expect(seen.offered).not.toContain('sessions_spawn')
  }, 90_000)

  it('is started anew by hand, and its message is answered anew', async () => {
    const { outputs } = commands('echo $PPID', 'sleep 60')
    bot.say({ chat: lab, text: 'first' })
    await answered(lab, 'lab: first')
    bot.say({ chat: lab, text: 'long' })
    await models.waitFor(({ lastUserText }) => lastUserText === 'long', patience)
    const restarted = await installation.run('agents', 'restart', 'lab')
    expect(restarted.stdout).toBe('Agent lab was started anew.\n')
    await answered(lab, 'lab: long')
    await expect(readFile(`/proc/${outputs[0]?.split('\n')[0]}/stat`)).rejects.toThrow('ENOENT')
  }, 90_000)
})

describe('agents restart', () => {
  it('says what is wrong', async () => {
    const unknown = await installation.run('agents', 'restart', 'nobody')
    expect(unknown.stderr).toContain('There is no agent "nobody" (agents.list has home, lab).')
    await gateway.stop()
    const { code, stderr } = await installation.run('agents', 'restart', 'lab')
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: expect.stringContaining('No gateway runs on'),
    })
  }, 60_000)
})

async function messageIdOf(text: string): Promise<string> {
  const sent = bot.messages(lab).find((message) => message.text === text)
  return String(sent?.message.message_id)
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
