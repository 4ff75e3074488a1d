import { writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError, type Workbench } from '@junctor/agent'
import type { WorkbenchRequest } from '@junctor/gateway'
import { createHostWorkbench } from '@junctor/tools'
import { afterEach, describe, expect, it } from 'vitest'
import { openHouse, type House } from './house.ts'

let house: House
afterEach(() => house.close())

/** What the agent read when it looked at a file, in a direct chat and in a room. */
async function looksAtFile(
  sandbox: object,
  open: (request: WorkbenchRequest) => Promise<Workbench>,
): Promise<{ readonly dm: string; readonly room: string }> {
  const asked: WorkbenchRequest[] = []
  house = await openHouse(
    {
      accounts: ['bot'],
      agents: [{ id: 'family', default: true, sandbox }],
      more: { session: { dmScope: 'main' } },
    },
    {
      workbenches: {
        async open(request) {
          asked.push(request)
          return open(request)
        },
      },
    },
  )
  const workspace = house.config.agents.list[0]?.workspace ?? ''
  await mkdir(workspace, { recursive: true })
  await writeFile(join(workspace, 'plan.md'), 'on the host')
  house.models.respond(({ toolResults }) => {
    const [result] = toolResults
    return result === undefined
      ? { tools: [{ name: 'read', input: { path: 'plan.md' } }] }
      : { text: result.output }
  })
  const bot = house.telegram.bot(house.tokenOf('bot'))
  bot.say({ chat: 7, text: 'dm' })
  bot.say({ chat: -100, text: '@bot_bot room' })
  const answerIn = (chat: number): string | undefined =>
    bot.messages(chat).find(({ message }) => message.from?.is_bot === true)?.text
  await house.telegram.waitFor(() => answerIn(7) !== undefined && answerIn(-100) !== undefined)
  for (const request of asked) expect(request.agent.id).toBe('family')
  return { dm: answerIn(7) ?? '', room: answerIn(-100) ?? '' }
}

const onHost = async ({ agent }: WorkbenchRequest): Promise<Workbench> =>
  createHostWorkbench({ folder: agent.workspace })

describe('the workbench of a session', () => {
  it('is the host where nothing is sandboxed', async () => {
    const { dm, room } = await looksAtFile({ mode: 'off' }, async (request) => {
      expect(request.sandbox).toBeUndefined()
      return onHost(request)
    })
    expect(dm).toContain('on the host')
    expect(room).toContain('on the host')
  })

  it('is never the host in the place of a sandbox that cannot be had', async () => {
    const { dm, room } = await looksAtFile({ mode: 'non-main' }, async (request) => {
      if (request.sandbox === undefined) return onHost(request)
      throw new WorkbenchError('UNAVAILABLE', 'Docker is not there.')
    })
    expect(dm).toContain('on the host')
    expect(room).toContain('Docker is not there.')
  })

  it('is refused when it is the host although the session has to be in a sandbox', async () => {
    const { dm, room } = await looksAtFile({ mode: 'all' }, onHost)
    expect(dm).toContain('has to work in a sandbox')
    expect(room).toContain('has to work in a sandbox')
  })
})
