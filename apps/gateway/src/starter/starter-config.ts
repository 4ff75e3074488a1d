/** Written at the first start where no config exists. Comments are for the person who opens it next. */
export const starterConfig = `// Junctor's configuration (JSON5). Edits are applied while the gateway runs; an invalid edit changes nothing.
// Check it with \`junctor config validate\`, see where a message goes with \`junctor route test\`.
{
  gateway: { host: '127.0.0.1', port: 8000 },

  agents: {
    // Without \`model\` the agents use Anthropic or OpenAI when ANTHROPIC_API_KEY or OPENAI_API_KEY is set,
    // and otherwise a demo model that needs no key. \`junctor auth add --agent work\` gives one agent a key of its own.
    // Commands that an agent runs are run as you, on this machine. So none of them may, until you write \`tools: { deny: [] }\`
    // into one that only you can reach, or give it a sandbox as well.
    defaults: { tools: { deny: ['group:runtime'] } },
    list: [
      { id: 'home', default: true, name: 'Home', identity: { emoji: '🏠' } },
      { id: 'work', name: 'Work', identity: { emoji: '💼' } },
      { id: 'support', name: 'Support', identity: { emoji: '🛟' }, tools: { profile: 'minimal' } },
    ],
  },

  // The most specific binding wins, whatever the order: a peer before an account before a channel.
  bindings: [
    { agentId: 'support', match: { channel: 'telegram', accountId: 'support' }, comment: 'one bot, one agent' },
    { agentId: 'work', match: { channel: 'telegram', accountId: '*', peer: { kind: 'group', id: '-1001234567890' } }, comment: 'one room' },
    { agentId: 'home', match: { channel: 'telegram', accountId: '*' }, comment: 'everything else on Telegram' },
    // On the web page nothing is bound: the default agent answers, or the one that you pick.
  ],

  // Everybody has a conversation of their own with an agent.
  session: { dmScope: 'per-account-channel-peer' },

  channels: {
    web: {},
    telegram: {
      enabled: false, // true, once the tokens below are yours
      dmPolicy: 'pairing', // strangers get a code; \`junctor pairing approve <code>\` lets them in
      allowFrom: [], // Telegram user ids that need no code, as in '123456789'
      accounts: {
        default: {}, // botToken: '…', or TELEGRAM_BOT_TOKEN in the environment
        support: { dmPolicy: 'open' }, // botToken: '…', or '\${ANY_VARIABLE}', or { $file: 'path' }
      },
    },
  },
}
`
