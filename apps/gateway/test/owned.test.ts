import { readFile, writeFile } from 'node:fs/promises'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { createTelegramServer, type TelegramServer } from '@junctor/testkit/telegram'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chatsOf, type Chats } from './chats.ts'
import { createInstallation, type Installation, type RunningGateway } from './installation.ts'

const token = '1000:fake-token-of-the-shop'

describe('an agent that declares an account and routes for itself, in a running gateway', () => {
  let platform: TelegramServer
  let models: ModelServer
  let installation: Installation
  let gateway: RunningGateway

  const configOf = (of: { readonly shop?: string; readonly desk?: string }) => `{
  gateway: { port: 0 },
  session: { dmScope: 'per-peer' },
  agents: { defaults: { model: 'anthropic/claude-test' }, list: [
    { id: 'main' },
    {
      id: 'shop',
      accounts: { telegram: { shop: { dmPolicy: 'open', botToken: '${token}', apiRoot: '${platform.url}' } } },
      ${of.shop ?? ''}
    },
    {
      id: 'desk',
      ${of.desk ?? ''}
    },
  ] },
  models: { providers: { anthropic: { baseUrl: '${models.baseUrl('anthropic')}', apiKey: 'fake-key' } } },
}
`
  const customers = "routes: [{ match: { channel: 'telegram', peer: { kind: 'dm', id: '7' } } }],"

  beforeAll(async () => {
    platform = await createTelegramServer({ bots: [{ token, username: 'shop_bot' }] })
    models = await createModelServer()
    models.respond(({ system, lastUserText }) => ({
      text: `${/agent id: (\w+)/.exec(system ?? '')?.[1]}: ${lastUserText}`,
    }))
    installation = await createInstallation(configOf({}))
    gateway = await installation.start()
  }, 60_000)
  afterAll(async () => {
    await installation.close()
    await Promise.all([platform.stop(), models.close()])
  })

  const ask: Chats['ask'] = (chat, text) => chatsOf(platform, token).ask(chat, text)
  const edit = async (text: string): Promise<void> => {
    const before = gateway.output().split('config reloaded: ').length
    await writeFile(installation.configPath, text)
    while (gateway.output().split('config reloaded: ').length === before)
      await new Promise((resolve) => gateway.process.stderr?.once('data', resolve))
  }
  const lineOf = async (part: string): Promise<number> => {
    const lines = (await readFile(installation.configPath, 'utf8')).split('\n')
    return lines.findIndex((line) => line.includes(part)) + 1
  }

  it('gets every message of its account, and says where that stands', async () => {
    const { id, answer } = await ask(7, 'one')
    expect(answer).toBe('shop: one')
    const origin = 'agents.list[1].accounts.telegram.shop'
    const why = await installation.run('why', String(id))
    expect(why.stdout).toContain(`${origin} won in tier account`)
    const line = await lineOf('accounts:')
    const listed = await installation.run('agents', 'list', '--bindings')
    expect(listed.stdout).toContain(`  telegram:shop  ${origin} (junctor.json:${line})`)
    const message = ['--channel', 'telegram', '--account', 'shop', '--peer', 'dm:7']
    const tested = await installation.run('route', 'test', ...message)
    expect(tested.stdout).toContain(
      `✓ ${origin} for agent "shop" won in tier account. (junctor.json:${line})`,
    )
    expect(await installation.json('route', 'test', ...message, '--json')).toMatchObject({
      binding: { index: 0, origin },
      candidates: [{ place: { spelling: origin, file: installation.configPath, line } }],
    })
  })

  it('hands a route over when an edit moves it to another agent, and no other message', async () => {
    await edit(configOf({ desk: customers }))
    expect((await ask(7, 'two')).answer).toBe('desk: two')
    expect((await ask(8, 'two')).answer).toBe('shop: two')
    await edit(configOf({ shop: customers }))
    expect((await ask(7, 'three')).answer).toBe('shop: three')
    // With a route for the account, it alone says what leads from there.
    expect((await ask(8, 'three')).answer).toBe('main: three')
    expect(gateway.output()).toContain(
      'changed agents.list[1].routes[0] (telegram/* dm 7 to shop): agentId',
    )
    // The account went on all the time.
    expect(platform.bot(token).countCalls('getMe')).toBe(1)
  })

  it('is bound, unbound and deleted in place', async () => {
    const before = await readFile(installation.configPath, 'utf8')
    const bound = await installation.run('agents', 'bind', 'desk', '--bind', 'telegram:*:dm:7')
    expect(bound).toMatchObject({
      code: 1,
      stdout: '  not bound  telegram:*:dm:7 leads to shop already\n',
    })
    const refused = await installation.run('agents', 'unbind', 'shop', '--bind', 'telegram:*:dm:7')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(
      'the account telegram/shop is declared in the agent "shop", and without a route leads to it as a whole',
    )
    expect(await readFile(installation.configPath, 'utf8')).toBe(before)
    await installation.run('agents', 'bind', 'desk', '--bind', 'telegram:shop:dm:9')
    const deleted = await installation.run('agents', 'delete', 'shop', '--force')
    expect(deleted.stdout).toContain('Deleted agent shop and 1 binding that led to it.')
    expect(deleted.stdout).toContain('gone with it  account telegram/shop')
    expect(deleted.stdout).toContain(
      'nothing reaches telegram:shop:dm:9, which leads to desk, any more',
    )
    expect(await readFile(installation.configPath, 'utf8')).not.toContain(token)
  })
})
