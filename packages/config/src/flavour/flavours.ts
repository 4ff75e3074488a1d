import type { Pattern } from '../lift/pattern.ts'

/** The systems whose files are read: ours, and those that it takes over from. In the order in which they are looked for. */
export const flavourNames = [
  'junctor',
  'clawdbot',
  'opensoul',
  'clawdia',
  'penguin',
  'openclaw',
  'argentos',
] as const

export type FlavourName = (typeof flavourNames)[number]

export interface Flavour {
  /** How people call the system. */
  readonly title: string
  /** Where its file and its state are, unless the environment says otherwise. A system without a file of its own has neither. */
  readonly configPath?: string
  readonly stateDir?: string
  /** Of `<PREFIX>_CONFIG_PATH`, `<PREFIX>_STATE_DIR` and `<PREFIX>_PROFILE`. */
  readonly envPrefix?: string
  /** The default agent's files; those of another agent or of a profile stand beside, with `-<id>` or `-<profile>`. */
  readonly workspace?: string
  /** Whose keys its agents are called with, where its file does not say. */
  readonly authScope?: 'shared'
  /** What only its files have. One of them is enough. */
  readonly signs: readonly Pattern[]
}

export const flavours: Readonly<Record<FlavourName, Flavour>> = {
  junctor: {
    title: 'Junctor',
    configPath: '~/.junctor/junctor.json',
    stateDir: '~/.junctor',
    envPrefix: 'JUNCTOR',
    signs: [],
  },
  clawdbot: {
    title: 'Clawdbot',
    configPath: '~/.clawdbot/clawdbot.json',
    stateDir: '~/.clawdbot',
    envPrefix: 'CLAWDBOT',
    workspace: '~/clawd',
    signs: [
      'routing.agents|bindings|defaultAgentId|agentToAgent|groupChat|allowFrom|queue|transcribeAudio',
      'agent',
      'identity',
      'providers.whatsapp|telegram|discord|slack|signal|imessage|msteams',
      'whatsapp|telegram|discord|slack|signal|imessage|msteams',
    ],
  },
  opensoul: {
    title: 'OpenSoul',
    configPath: '~/.opensoul/opensoul.json',
    stateDir: '~/.opensoul',
    envPrefix: 'OPENSOUL',
    workspace: '~/.opensoul/workspace',
    signs: [],
  },
  clawdia: {
    title: 'Clawdia',
    configPath: '~/.nelsonmuntz-c/clawdia.json',
    stateDir: '~/.clawdia',
    envPrefix: 'CLAWDIA',
    workspace: '~/clawd',
    signs: [],
  },
  penguin: {
    title: 'Penguin',
    signs: [
      'agents.*.system_prompt|persona_description|default_tools',
      'agents.list.*.system_prompt|persona_description|default_tools',
    ],
  },
  openclaw: {
    title: 'OpenClaw',
    configPath: '~/.openclaw/openclaw.json',
    stateDir: '~/.openclaw',
    envPrefix: 'OPENCLAW',
    workspace: '~/.openclaw/workspace',
    signs: ['agents.entries', 'agents.ownership'],
  },
  argentos: {
    title: 'ArgentOS',
    configPath: '~/.argentos/argent.json',
    stateDir: '~/.argentos',
    envPrefix: 'ARGENTOS',
    workspace: '~/.argentos/workspace',
    authScope: 'shared',
    signs: ['agents.!defaults|list|entries|ownership.*'],
  },
}
