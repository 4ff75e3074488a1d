// Runs the bot against a local Bot API server and checks what it answers.
import assert from 'node:assert/strict'
import { createTelegramServer } from '@junctor/testkit/telegram'
import { createBot } from './bot.ts'

const token = '1:fake-token'
const server = await createTelegramServer({ bots: [{ token, username: 'example_bot' }] })
const platform = server.bot(token)
const bot = createBot(token, server.url)
bot.start().catch((error: unknown) => {
  throw error
})

const cases = [
  { chat: 7, answer: 'home answers (default) in agent:home:telegram:dm:7' },
  { chat: 42, answer: 'on-call answers (peer) in agent:on-call:telegram:dm:42' },
  { chat: -1001, answer: 'work answers (peer) in agent:work:telegram:group:-1001' },
]
for (const { chat } of cases) platform.say({ chat, text: 'who is there? @example_bot' })
await server.waitFor(() => platform.countCalls('sendMessage') === cases.length)
for (const { chat, answer } of cases) assert.equal(platform.messages(chat).at(-1)?.text, answer)

await bot.stop()
await server.stop()
console.log('The router picked the right agent for every chat.')
