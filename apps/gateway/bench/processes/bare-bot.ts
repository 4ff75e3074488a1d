import Anthropic from '@anthropic-ai/sdk'
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages'
import { Bot, type Context } from 'grammy'

// What somebody writes in an evening: one bot, one model, streamed answers, updates handled side by side. It remembers the
// last 40 messages of a chat, as an agent of the gateway does, so that both ask the model for the same.
// No routing, no store, no isolation, no retries: what is in flight or remembered when it dies is lost.

const { token, telegramUrl, modelUrl } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly token: string
  readonly telegramUrl: string
  readonly modelUrl: string
}
const anthropic = new Anthropic({ apiKey: 'fake-key', baseURL: modelUrl })
const bot = new Bot(token, { client: { apiRoot: telegramUrl } })

const remembered = new Map<number, MessageParam[]>()

async function answer(context: Context, chat: number, question: string): Promise<void> {
  const history = remembered.get(chat) ?? []
  remembered.set(chat, history)
  const messages: MessageParam[] = [...history.slice(-40), { role: 'user', content: question }]
  const stream = await anthropic.messages.create({
    model: 'claude-test',
    max_tokens: 1024,
    system: 'You are Main. You speak on Telegram.',
    messages,
    stream: true,
  })
  let text = ''
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
      text += event.delta.text
  }
  history.push({ role: 'user', content: question }, { role: 'assistant', content: text })
  await context.reply(text)
}

bot.on('message:text', (context) => {
  // Not awaited: grammY would handle one update after the other.
  answer(context, context.chat.id, context.message.text).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
  })
})
process.on('SIGTERM', () => void bot.stop())
await bot.start({ onStart: () => void process.send?.({ type: 'ready' }) })
process.disconnect()
