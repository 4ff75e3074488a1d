import Anthropic from '@anthropic-ai/sdk'
import { Bot, type Context } from 'grammy'

// What somebody writes in an evening: one bot, one model, streamed answers, updates handled side by side.
// No routing, no store, no history, no retries: what is in flight when it dies is lost.

const { token, telegramUrl, modelUrl } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly token: string
  readonly telegramUrl: string
  readonly modelUrl: string
}
const anthropic = new Anthropic({ apiKey: 'fake-key', baseURL: modelUrl })
const bot = new Bot(token, { client: { apiRoot: telegramUrl } })

async function answer(context: Context, question: string): Promise<void> {
  const stream = await anthropic.messages.create({
    model: 'claude-test',
    max_tokens: 1024,
    system: 'You are Main. You speak on Telegram.',
    messages: [{ role: 'user', content: question }],
    stream: true,
  })
  let text = ''
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
      text += event.delta.text
  }
  await context.reply(text)
}

bot.on('message:text', (context) => {
  // Not awaited: grammY would handle one update after the other.
  answer(context, context.message.text).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
  })
})
process.on('SIGTERM', () => void bot.stop())
await bot.start({ onStart: () => void process.send?.({ type: 'ready' }) })
process.disconnect()
