import { describe, expect, it } from 'vitest'
import { openTestAccount } from './account.ts'

const status = { name: 'status', description: 'Show what I am doing' }

describe('the menu of a bot', () => {
  it('shows the commands of the gateway', async () => {
    const { server, bot } = await openTestAccount({ commands: [status] })
    await server.waitFor(() => bot.menu().length === 1)
    expect(bot.menu()).toEqual([{ command: 'status', description: 'Show what I am doing' }])
  })

  it('is left alone where the gateway says nothing of commands', async () => {
    const { bot, event } = await openTestAccount()
    bot.say({ chat: 42, text: 'hi' })
    await event(0)
    expect(bot.countCalls('setMyCommands')).toBe(0)
  })

  it('is a courtesy: one that Telegram refuses is logged, and the account works', async () => {
    const commands = [{ name: 'No Name', description: '' }]
    const { server, bot, logged, event } = await openTestAccount({ commands })
    await server.waitFor(() => bot.countCalls('setMyCommands') === 1)
    await expect
      .poll(() => logged, { timeout: 20_000 })
      .toContain('Telegram did not take the list of commands')
    bot.say({ chat: 42, text: 'hi' })
    expect((await event(0)).sender.id).toBe('42')
  })
})
