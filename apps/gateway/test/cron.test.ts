import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

let installation: Installation
beforeEach(async () => {
  installation = await createInstallation({
    gateway: { port: 0 },
    agents: {
      list: [
        { id: 'home', model: 'demo/junctor' },
        { id: 'work', model: 'demo/junctor' },
      ],
    },
  })
})
afterEach(() => installation.close())

const cron = (...args: readonly string[]) => installation.run('cron', ...args)

describe('the command cron', () => {
  it('makes jobs of one agent, shows, runs and removes them', async () => {
    await installation.start()
    const added = (await installation.json(
      'cron',
      'add',
      '--agent',
      'home',
      '--every',
      '2h',
      '--message',
      'Look after the plants',
      '--json',
    )) as { readonly id: string }
    expect(added).toMatchObject({ schedule: 'every 2 hours', name: 'Look after the plants' })
    expect((await cron('list', '--agent', 'home')).stdout).toMatch(
      /^cron_\S+ +Look after the plants +every 2 hours +next \S+$/m,
    )
    expect((await cron('list', '--agent', 'work')).stdout).toContain('has no cron jobs')
    const ran = await cron('run', added.id, '--agent', 'home')
    const [, messageId = ''] = /junctor why (\S+)`/.exec(ran.stdout) ?? []
    await expect
      .poll(() => installation.json('cron', 'list', '--agent', 'home', '--json'), {
        timeout: 25_000,
        interval: 500,
      })
      .toMatchObject([{ id: added.id, runs: [{ status: 'answered', messageId }] }])
    expect((await installation.run('why', messageId)).stdout).toContain(`cron job ${added.id}`)
    expect(await cron('remove', added.id, '--agent', 'work')).toMatchObject({ code: 3 })
    expect(await cron('remove', added.id, '--agent', 'home')).toMatchObject({ code: 0 })
    expect(await installation.json('cron', 'list', '--agent', 'home', '--json')).toEqual([])
  }, 60_000)

  it('says what is wrong', async () => {
    const wrong = ['--agent', 'home', '--message', 'x'] as const
    expect(await cron('add', ...wrong, '--every', '2h')).toMatchObject({ code: 4 })
    await installation.start()
    expect(await cron('add', ...wrong)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('say when'),
    })
    expect(await cron('add', ...wrong, '--every', '1s')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cron.shortestIntervalMs'),
    })
    expect(await cron('add', ...wrong, '--every', 'often')).toMatchObject({ code: 2 })
    expect(await cron('add', ...wrong, '--every', '2h', '--to', 'telegram')).toMatchObject({
      code: 2,
    })
    expect(await cron('list', '--agent', 'nobody')).toMatchObject({ code: 3 })
  }, 60_000)
})
