import type { Node } from '../json5/node.ts'
import { childOf, textOf } from '../json5/tree.ts'
import type { Alias } from './alias.ts'

/**
 * What other systems' files have and ours have not. A setting that only adds something is left out, with a warning. One that
 * takes something away from agents or people is never left out: it becomes a stricter setting of ours, or it stays where it
 * is, and reading the file refuses it.
 */

const nothing = 'nothing here does this'

/** `[where, why it is left out]` */
const inert: readonly (readonly [pattern: string, why: string])[] = [
  ['logging|diagnostics|ui|update', 'Junctor logs and shows in its own way'],
  ['env', "set variables in the gateway's own environment"],
  ['audio|bridge|canvasHost|discovery|media|nodeHost|talk|video|voiceNotes|web', nothing],
  ['approvals|hooks|plugins|acp|mcp', nothing],
  ['routing.transcribeAudio', nothing],
  ['gateway.auth', 'the gateway makes a token of its own, and asks for it everywhere'],
  [
    'gateway.bind|customBindHost',
    'gateway.host says where it listens: by default on this machine alone',
  ],
  [
    'gateway.mode|controlUi|tailscale|remote|reload|http|tls|nodes|trustedProxies|tools|push',
    nothing,
  ],
  [
    'messages.messagePrefix|responsePrefix|ackReaction|ackReactionScope|removeAckAfterReply|deliveryMirror|tts|inbound|statusReactions|visibleReplies',
    nothing,
  ],
  ['messages.queue.drop', 'a message that an agent has accepted is always answered'],
  ['messages.queue.debounceMsByChannel', nothing],
  ['auth.cooldowns', 'how long a key rests is the same for everybody'],
  ['auth.profiles.*.displayName', nothing],
  ['session.scope', 'conversations are parted by session.dmScope'],
  ['session.store', 'every agent keeps its sessions in a store of its own'],
  [
    'session.typingIntervalSeconds|typingMode|heartbeatIdleMinutes|resetTriggers|maintenance|threadBindings|parentForkMaxTokens|writeLock',
    nothing,
  ],
  ['models.mode', 'the file alone says which providers there are'],
  ['models.providers.*.models|headers|authHeader|auth|request', nothing],
  [
    'tools.web|media|message|links|sessions|audio|loopDetection|codeMode|experimental|toolSearch',
    nothing,
  ],
  ['tools.fs', 'file tools stay inside the workspace anyway'],
  ...['agents.defaults', 'agents.list.*'].map((place): readonly [string, string] => [
    `${place}.${[
      'blockStreamingBreak|blockStreamingChunk|blockStreamingCoalesce|blockStreamingDefault',
      'bootstrapPromptTruncationWarning|cliBackends|compaction|contextInjection|contextLimits|contextPruning|contextTokens',
      'elevatedDefault|embeddedAgent|fastModeDefault|heartbeat|humanDelay|imageGenerationModel|imageMaxDimensionPx',
      'imageModel|maxConcurrent|mediaMaxMb|mediaModels|memorySearch|modelPolicy|params|pdfModel',
      'reasoningDefault|repoRoot|skipBootstrap|startupContext|thinkingDefault|timeoutSeconds|tts',
      'typingIntervalSeconds|typingMode|userTimezone|utilityModel|verboseDefault|verbose|allowedModels',
      'parent|share_session_with|share_context_window_with|shared_context_window_max_tokens|activate_by_default',
    ].join('|')}`,
    nothing,
  ]),
  ['agents.list.*.identity.creature|vibe', nothing],
  [
    'agents.list.*.model.temperature|streaming_enabled|max_history_tokens|reasoning_enabled|reasoning_effort|use_responses_api|client_preference|enabled|api_base',
    nothing,
  ],
  ...['channels.*', 'channels.*.accounts.*'].map((place): readonly [string, string] => [
    `${place}.${[
      'ackReaction|actions|blockStreaming|blockStreamingCoalesce|capabilities|chunkMode|commands|configWrites',
      'customCommands|debounceMs|dmHistoryLimit|dms|draftChunk|heartbeat|historyLimit|linkPreview|markdown',
      'maxLinesPerMessage|mediaMaxMb|messagePrefix|network|reactionAllowlist|reactionLevel|reactionNotifications',
      'replyToMode|replyToModeByChatType|responsePrefix|retry|selfChatMode|sendReadReceipts|slashCommand|streamMode',
      'streaming|textChunkLimit|thread|timeoutSeconds|userToken|userTokenReadOnly|webhookPath',
    ].join('|')}`,
    nothing,
  ]),
  ...['channels.*', 'channels.*.accounts.*'].flatMap((place): (readonly [string, string])[] => [
    [`${place}.groups.*.topics.*.skills|systemPrompt`, nothing],
    [
      `${place}.groups.*.skills|systemPrompt|slug|reactionNotifications|autoThread|autoThreadName|autoArchiveDuration|includeThreadStarter`,
      nothing,
    ],
  ]),
  [
    'cron.store|maxConcurrentRuns|sessionRetention|runLog|webhook|webhookToken|retry|failureAlert|failureDestination|triggers',
    nothing,
  ],
  ['skills.allowBundled|load|install|workshop|limits', nothing],
  ['skills.entries.*.config', nothing],
  ['channels.slack.mode', 'the keys that are there say how it connects'],
]

/** Bookkeeping of the other system: nobody set it, and nobody misses it. */
const bookkeeping = ['meta', 'wizard']

const withDm = [
  { place: 'channels.discord|slack', to: 'channels.*' },
  { place: 'channels.discord|slack.accounts.*', to: 'channels.*.accounts.*' },
]

export const foreignAliases: readonly Alias[] = [
  { kind: 'move', from: 'routing.queue', to: 'messages.queue' },
  { kind: 'move', from: 'session.resetByType.direct', to: 'session.resetByType.dm' },
  { kind: 'move', from: 'messages.queue.byProvider', to: 'messages.queue.byChannel' },
  {
    kind: 'ignored',
    from: 'routing.groupChat.requireMention',
    why: 'in rooms agents answer what calls them, unless channels.<channel>.groups says otherwise',
    warns: true,
  },
  { kind: 'move', from: 'routing.groupChat', to: 'messages.groupChat' },
  ...['messages.queue.mode', 'messages.queue.byChannel.*'].map((from): Alias => ({
    kind: 'words',
    from,
    words: { followup: 'queue', 'steer-backlog': 'steer', 'steer+backlog': 'steer' },
  })),
  {
    kind: 'words',
    from: 'models.providers.*.api',
    words: { 'openai-completions': 'openai-chat', 'anthropic-messages': 'anthropic' },
  },
  // Here nobody is asked before a command runs, so whoever wants to be asked gets no commands.
  ...['tools', 'agents.list.*.tools'].map((place): Alias => ({
    kind: 'denied-tools',
    from: `${place}.exec`,
    tools: ['exec', 'process'],
    when: (rules) =>
      isOther(rules, 'security', 'full') || isOther(rules, 'ask', 'off') || isNode(rules),
  })),
  ...['tools', 'agents.list.*.tools'].map((place): Alias => ({
    kind: 'denied-tools',
    from: `${place}.web`,
    tools: ['web_fetch'],
    when: (web) => isFalse(childOf(childOf(web, 'fetch'), 'enabled')),
  })),
  {
    kind: 'denied-tools',
    from: 'browser',
    at: 'tools',
    tools: ['browser'],
    when: (browser) => isFalse(childOf(browser, 'enabled')),
  },
  {
    kind: 'ignored',
    from: 'browser.!executablePath|noSandbox',
    why: nothing,
    warns: true,
  },
  { kind: 'ignored', from: 'agents.list.*.tools.web', why: nothing, warns: true },
  { kind: 'ignored', from: 'tools.exec', why: nothing, warns: true },
  { kind: 'ignored', from: 'agents.list.*.tools.exec', why: nothing, warns: true },
  ...withDm.flatMap(({ place, to }): readonly Alias[] => [
    { kind: 'ignored', from: `${place}.dm.enabled`, why: 'it is so anyway', when: isTrue },
    { kind: 'words', from: `${place}.dm.enabled`, words: { false: 'disabled' } },
    { kind: 'move', from: `${place}.dm.enabled`, to: `${to}.dmPolicy` },
    { kind: 'move', from: `${place}.dm.policy`, to: `${to}.dmPolicy` },
    { kind: 'move', from: `${place}.dm.allowFrom`, to: `${to}.allowFrom` },
    { kind: 'ignored', from: `${place}.dm`, why: nothing, warns: true },
  ]),
  ...['channels.discord', 'channels.discord.accounts.*'].map((place): Alias => ({
    kind: 'rooms',
    from: `${place}.guilds`,
    of: 'guilds',
  })),
  ...['channels.slack', 'channels.slack.accounts.*'].map((place): Alias => ({
    kind: 'rooms',
    from: `${place}.channels`,
    of: 'rooms',
  })),
  { kind: 'idle-minutes', from: 'session.idleMinutes' },
  ...['channels.*', 'channels.*.accounts.*'].flatMap((place): readonly Alias[] => [
    { kind: 'number-ids', from: `${place}.allowFrom|groupAllowFrom.*` },
    { kind: 'number-ids', from: `${place}.groups.*.allowFrom.*` },
    { kind: 'number-ids', from: `${place}.groups.*.topics.*.allowFrom.*` },
  ]),
  { kind: 'room-senders', from: 'channels.telegram|whatsapp' },
  ...['tools', 'agents.defaults.tools', 'agents.list.*.tools'].map((place): Alias => ({
    kind: 'number-ids',
    from: `${place}.elevated.allowFrom.*.*`,
  })),
  ...['channels.telegram', 'channels.telegram.accounts.*'].flatMap((place): readonly Alias[] => [
    { kind: 'wrap', from: `${place}.tokenFile`, key: '$file' },
    { kind: 'move', from: `${place}.tokenFile`, to: `${place}.botToken` },
    { kind: 'move', from: `${place}.webhookUrl`, to: `${place}.webhook.url` },
    { kind: 'move', from: `${place}.webhookSecret`, to: `${place}.webhook.secret` },
  ]),
  { kind: 'model-alias', from: 'agents.defaults.models.*' },
  {
    kind: 'ignored',
    from: 'channels.defaults',
    why: 'every channel says it for itself',
    warns: true,
    when: (defaults) => textOf(childOf(defaults, 'groupPolicy')) !== 'disabled',
  },
  {
    kind: 'ignored',
    from: 'channels.!telegram|discord|slack|whatsapp|web|defaults',
    why: 'Junctor has no such channel',
    warns: true,
    when: (channel) => childOf(channel, 'package') === undefined,
  },
  {
    kind: 'ignored',
    from: 'agents.defaults.models',
    why: 'agents may use any model of a provider that is configured',
    warns: true,
  },
  ...inert.map(([from, why]): Alias => ({ kind: 'ignored', from, why, warns: true })),
  ...bookkeeping.map((from): Alias => ({ kind: 'ignored', from, why: 'it keeps no setting' })),
]

function isTrue(node: Node): boolean {
  return node.type === 'scalar' && node.value === true
}

function isFalse(node: Node | undefined): boolean {
  return node?.type === 'scalar' && node.value === false
}

function isOther(rules: Node, key: string, value: string): boolean {
  const written = childOf(rules, key)
  return written !== undefined && textOf(written) !== value
}

function isNode(rules: Node): boolean {
  return textOf(childOf(rules, 'host')) === 'node'
}
