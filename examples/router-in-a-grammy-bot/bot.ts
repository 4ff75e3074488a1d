// A grammY bot of your own that asks Junctor's router who should answer. Nothing else of Junctor is involved.
import { compileRouter, type RouteInput } from '@junctor/router'
import { Bot, type Context } from 'grammy'

const router = compileRouter({
  agents: [{ id: 'home', default: true }, { id: 'work' }, { id: 'on-call' }],
  bindings: [
    { agentId: 'work', match: { channel: 'telegram', peer: { kind: 'group', id: '-1001' } } },
    { agentId: 'on-call', match: { channel: 'telegram', peer: { kind: 'dm', id: '42' } } },
  ],
  session: { dmScope: 'per-channel-peer' },
})

export function createBot(token: string, apiRoot = 'https://api.telegram.org'): Bot {
  const bot = new Bot(token, { client: { apiRoot } })
  bot.on('message:text', async (context) => {
    const { agentId, sessionKey, tier } = router.resolve(toRouteInput(context))
    await context.reply(`${agentId} answers (${tier}) in ${sessionKey}`)
  })
  return bot
}

function toRouteInput({ chat, msg }: Context): RouteInput {
  const kind = chat?.type === 'private' ? 'dm' : chat?.type === 'channel' ? 'channel' : 'group'
  const topic = msg?.is_topic_message === true ? msg.message_thread_id : undefined
  return {
    channel: 'telegram',
    accountId: 'default',
    peer: { kind, id: String(chat?.id) },
    ...(topic === undefined ? {} : { threadId: String(topic) }),
  }
}

if (import.meta.main) await createBot(process.env['TELEGRAM_BOT_TOKEN'] ?? '').start()
