import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Status } from '@junctor/api'
import { createTelegramServer } from '@junctor/testkit/telegram'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInstallation } from './installation.ts'

const run = promisify(execFile)
const token = '1000:fake-token-on-a-full-disk'

describe('a gateway on a file system that fills up', () => {
  let mountPoint: string
  let isMounted = false
  let obstacle = ''

  beforeAll(async () => {
    mountPoint = await mkdtemp(join(tmpdir(), 'junctor-full-'))
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mountPoint]).then(
      () => {
        isMounted = true
      },
      (error: unknown) => {
        obstacle = String(error)
      },
    )
  })
  afterAll(async () => {
    if (isMounted) await run('umount', [mountPoint])
    await rm(mountPoint, { recursive: true, force: true })
  })

  it('says so, acknowledges nothing that it could not keep, and goes on when there is room', async ({
    skip,
  }) => {
    if (!isMounted) skip(`no file system could be mounted: ${obstacle}`)
    const platform = await createTelegramServer({ bots: [{ token, username: 'full_bot' }] })
    const bot = platform.bot(token)
    const stateDir = join(mountPoint, 'state')
    await mkdir(stateDir)
    const installation = await createInstallation(
      {
        gateway: { port: 0 },
        agents: { list: [{ id: 'main', model: 'demo/junctor' }] },
        session: { dmScope: 'per-peer' },
        channels: { telegram: { dmPolicy: 'open', botToken: token, apiRoot: platform.url } },
      },
      { JUNCTOR_STATE_DIR: stateDir },
    )
    const answers = (chat: number): number =>
      bot.messages(chat).filter(({ message }) => message.from?.is_bot === true).length
    try {
      const gateway = await installation.start()
      bot.say({ chat: 1, text: 'before' })
      await platform.waitFor(() => answers(1) === 1, { timeoutMs: 10_000 })
      // Written until nothing more fits.
      const ballast = join(mountPoint, 'ballast')
      await expect(writeFile(ballast, Buffer.alloc(8 * 1024 * 1024))).rejects.toThrow('ENOSPC')
      // Large enough that no free page of the database takes it.
      bot.say({ chat: 2, text: 'x'.repeat(200_000) })
      let status: Status
      do status = (await installation.json('status', '--json')) as Status
      while (status.channels.every(({ state }) => state === 'online'))
      const [account] = status.channels.filter(({ channel }) => channel === 'telegram')
      expect(account?.reason).toContain('could not be stored')
      expect(bot.waiting()).toHaveLength(1)
      await rm(ballast)
      await platform.waitFor(() => answers(2) > 0 && bot.waiting().length === 0, {
        timeoutMs: 20_000,
      })
      bot.say({ chat: 1, text: 'after' })
      await platform.waitFor(() => answers(1) === 2, { timeoutMs: 10_000 })
      expect((await gateway.stop()).code).toBe(0)
      expect(bot.messages(2).filter(({ text }) => text.startsWith('⚠️'))).toEqual([])
    } finally {
      await installation.close()
      await platform.stop()
    }
  }, 60_000)
})
