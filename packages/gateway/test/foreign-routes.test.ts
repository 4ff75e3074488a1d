import { readFile } from 'node:fs/promises'
import { formatProblem, parseConfig, type FlavourName } from '@junctor/config'
import { compileRouter, type Router } from '@junctor/router'
import { describe, expect, it } from 'vitest'
import { routingOf } from '../src/snapshot.ts'

const fixtures = new URL('../../config/test/fixtures/', import.meta.url)
const room = '120363400000000077@g.us'
const studioRoom = '120363400000000001@g.us'

interface Expected {
  readonly file: string
  readonly flavour: FlavourName
  /** What their documentation promises of it, one envelope a line: channel, account, peer; who answers, and in which tier. */
  readonly routes: string
}

/** Twenty people who are named nowhere. */
function strangers(channel: string, account: string, answer: string, count = 20): string {
  return Array.from(
    { length: count },
    (_, index) => `${channel} ${account} dm:+1555020${1000 + index} → ${answer}`,
  ).join('\n')
}

const expected: readonly Expected[] = [
  {
    file: 'argentos-agents.json',
    flavour: 'argentos',
    routes: `
      ${strangers('telegram', 'default', 'garden default', 8)}
      ${strangers('discord', 'default', 'garden default', 8)}
      slack default channel:C1 → garden default
      slack depot channel:C2 thread:1 → garden default
      whatsapp default group:${room} → garden default
      web default dm:browser → garden default`,
  },
  {
    file: 'argentos-channels.json5',
    flavour: 'argentos',
    routes: `
      ${strangers('telegram', 'default', 'club channel', 6)}
      telegram second dm:1 → club channel
      telegram default group:-1 → club channel
      discord default dm:1 → club channel
      discord default channel:5 guild:9 → club channel
      ${strangers('slack', 'hq', 'staff channel', 3)}
      slack hq channel:C1 team:T1 → staff channel
      slack default dm:U1 → staff channel
      slack depot dm:U1 → main account
      slack depot channel:C1 → main account
      slack depot channel:C1 thread:1.2 → main account
      ${strangers('whatsapp', 'default', 'main default', 3)}
      web default dm:browser → main default`,
  },
  {
    file: 'clawdbot-two-numbers.json5',
    flavour: 'clawdbot',
    routes: `
      ${strangers('whatsapp', 'private', 'cabin account', 5)}
      ${strangers('whatsapp', 'studio', 'studio account', 5)}
      whatsapp private group:${studioRoom} → studio peer
      whatsapp studio group:${studioRoom} → studio account
      whatsapp private group:${room} → cabin account
      whatsapp studio group:${room} → studio account
      whatsapp private dm:${studioRoom} → cabin account
      whatsapp default dm:+1 → cabin default
      whatsapp default group:${studioRoom} → cabin default
      telegram default dm:1 → cabin default
      telegram private dm:1 → cabin default
      discord default channel:7 guild:1 → cabin default`,
  },
  {
    file: 'opensoul-dm-split.json5',
    flavour: 'opensoul',
    routes: `
      whatsapp default dm:+15550100001 → ines peer
      whatsapp default dm:+15550100002 → tomas peer
      whatsapp second dm:+15550100001 → ines peer
      whatsapp second dm:+15550100002 → tomas peer
      ${strangers('whatsapp', 'default', 'ines default', 10)}
      whatsapp default group:+15550100002 → ines default
      whatsapp default group:${room} → ines default
      telegram default dm:+15550100002 → ines default
      signal default dm:+15550100002 → ines default
      web default dm:browser → ines default
      whatsapp default dm:15550100002 → ines default`,
  },
  {
    file: 'opensoul-two-numbers.json5',
    flavour: 'opensoul',
    routes: `
      ${strangers('whatsapp', 'private', 'cabin account', 6)}
      ${strangers('whatsapp', 'studio', 'studio account', 6)}
      whatsapp private group:${studioRoom} → studio peer
      whatsapp private channel:${studioRoom} → studio peer
      whatsapp studio group:${studioRoom} → studio account
      whatsapp private group:${room} → cabin account
      whatsapp third dm:+1 → cabin default
      whatsapp PRIVATE dm:+1 → cabin default
      telegram default dm:1 → cabin default
      discord default channel:7 guild:1 → cabin default`,
  },
  {
    file: 'opensoul-two-channels.json5',
    flavour: 'opensoul',
    routes: `
      ${strangers('whatsapp', 'default', 'smalltalk channel', 7)}
      ${strangers('telegram', 'default', 'thesis channel', 7)}
      whatsapp second group:${room} → smalltalk channel
      telegram second group:-1 → thesis channel
      telegram default channel:-1 → thesis channel
      discord default dm:1 → smalltalk default
      slack default channel:C1 → smalltalk default
      web default dm:browser → smalltalk default`,
  },
  {
    file: 'opensoul-one-peer.json5',
    flavour: 'opensoul',
    routes: `
      whatsapp default dm:+15550100009 → thesis peer
      whatsapp second dm:+15550100009 → thesis peer
      whatsapp default group:+15550100009 → smalltalk channel
      ${strangers('whatsapp', 'default', 'smalltalk channel', 12)}
      whatsapp default group:${room} → smalltalk channel
      telegram default dm:+15550100009 → smalltalk default
      signal default dm:+15550100009 → smalltalk default
      web default dm:browser → smalltalk default
      discord default channel:1 guild:2 → smalltalk default`,
  },
  {
    file: 'opensoul-family-bot.json5',
    flavour: 'opensoul',
    // One agent alone: what nobody catches goes to it too.
    routes: `
      whatsapp default group:${room} → kin peer
      whatsapp second group:${room} → kin peer
      whatsapp default channel:${room} → kin peer
      whatsapp default group:${studioRoom} → kin default
      ${strangers('whatsapp', 'default', 'kin default', 12)}
      whatsapp default dm:${room} → kin default
      telegram default group:${room} → kin default
      telegram default dm:1 → kin default
      web default dm:browser → kin default`,
  },
  {
    file: 'opensoul-family-sandbox.json5',
    flavour: 'opensoul',
    routes: `
      whatsapp default group:${room} → kin peer
      whatsapp second group:${room} → kin peer
      whatsapp default group:${studioRoom} → own default
      ${strangers('whatsapp', 'default', 'own default', 13)}
      whatsapp default dm:${room} → own default
      telegram default group:${room} → own default
      telegram default dm:1 → own default
      web default dm:browser → own default`,
  },
  {
    file: 'clawdia-two-numbers.json5',
    flavour: 'clawdia',
    routes: `
      ${strangers('whatsapp', 'private', 'cabin account', 6)}
      ${strangers('whatsapp', 'studio', 'studio account', 6)}
      discord default channel:7 guild:99001122334455 → loft guild
      discord second channel:8 guild:99001122334455 role:admin → loft guild
      discord default channel:7 guild:1 → cabin default
      discord default dm:7 → cabin default
      whatsapp default dm:+1 → cabin default
      whatsapp private group:${room} → cabin account
      telegram default dm:1 → cabin default
      web default dm:browser → cabin default`,
  },
  {
    file: 'clawdia-family-bot.json5',
    flavour: 'clawdia',
    routes: `
      whatsapp default group:${room} → kin peer
      whatsapp second group:${room} → kin peer
      telegram default channel:-1001 → kin peer
      telegram default group:-1001 → kin peer
      telegram second group:-1001 → kin peer
      telegram default group:-1001 thread:7 → kin peer
      telegram default dm:-1001 → own default
      telegram default group:-1002 → own default
      ${strangers('whatsapp', 'default', 'own default', 8)}
      whatsapp default group:${studioRoom} → own default
      slack default channel:C1 → own default
      discord default dm:1 → own default
      web default dm:browser → own default`,
  },
  {
    file: 'openclaw-entries.json5',
    flavour: 'openclaw',
    routes: `
      telegram press channel:-100500 → news peer
      telegram press group:-100500 → news peer
      telegram default channel:-100500 → ops default
      telegram default group:-100900 → ops broadcast + news broadcast
      telegram press group:-100900 → ops broadcast + news broadcast
      slack default channel:C1 team:T0OPS → ops team
      slack default dm:U1 team:T0OPS → ops team
      slack default dm:U1 team:T9 → ops default
      discord default channel:1 guild:42 role:editor → news guild-roles
      discord default channel:1 guild:42 role:reader role:editor → news guild-roles
      discord default channel:1 guild:42 role:reader → ops default
      discord default channel:1 guild:42 → ops default
      discord default channel:1 guild:41 role:editor → ops default
      ${strangers('telegram', 'default', 'ops default', 4)}
      ${strangers('telegram', 'press', 'ops default', 3)}`,
  },
  {
    file: 'penguin-personas.json5',
    flavour: 'penguin',
    routes: `
      ${strangers('web', 'default', 'default_helper default', 12)}
      ${strangers('telegram', 'default', 'default_helper default', 6)}
      slack default channel:C1 team:T1 → default_helper default
      discord default channel:1 guild:42 role:editor → default_helper default`,
  },
]

async function routerOf({ file, flavour }: Expected): Promise<Router> {
  const text = await readFile(new URL(file, fixtures), 'utf8')
  const parsed = parseConfig(text, {
    file: `/home/ada/${file}`,
    // A list of agents is the shape of several systems: the name of the real file tells them apart.
    ...(flavour === 'opensoul' || flavour === 'clawdia' ? { flavour } : {}),
    home: '/home/ada',
    stateDir: '/home/ada/.junctor',
    env: { CLUB_BOT: '1:a', CLUB_DISCORD: 'b', THESIS_BOT: '1:c', PRESS_BOT: '1:d' },
    readSecretFile: () => '1:e',
  })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  expect(parsed.reading.flavour).toBe(flavour)
  return compileRouter(routingOf(parsed.config))
}

/** `telegram default group:-1 guild:9 role:editor` */
function routeOf(router: Router, line: string): string {
  const [channel = '', accountId = '', peer = '', ...more] = line.trim().split(' ')
  const [kind, ...id] = peer.split(':')
  if (kind !== 'dm' && kind !== 'group' && kind !== 'channel') throw new Error(`no peer: ${line}`)
  const all = (name: string): readonly string[] =>
    more.filter((part) => part.startsWith(`${name}:`)).map((part) => part.slice(name.length + 1))
  const [guildId] = all('guild')
  const [teamId] = all('team')
  const [threadId] = all('thread')
  const answers = router.resolveAll({
    channel,
    accountId,
    peer: { kind, id: id.join(':') },
    roles: all('role'),
    ...(guildId === undefined ? {} : { guildId }),
    ...(teamId === undefined ? {} : { teamId }),
    ...(threadId === undefined ? {} : { threadId }),
  })
  return answers.map(({ agentId, tier }) => `${agentId} ${tier}`).join(' + ')
}

describe("another system's config routes as its documentation says", () => {
  it.each(expected)('$file', async (fixture) => {
    const router = await routerOf(fixture)
    const lines = fixture.routes.trim().split('\n')
    expect(lines.length).toBeGreaterThanOrEqual(20)
    const routed = lines.map((line) => {
      const [envelope = ''] = line.split(' → ')
      return `${envelope.trim()} → ${routeOf(router, envelope)}`
    })
    expect(routed).toEqual(lines.map((line) => line.trim()))
  })
})
