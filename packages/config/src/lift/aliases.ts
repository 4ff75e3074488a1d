import type { Node } from '../json5/node.ts'
import { childOf, isEmpty } from '../json5/tree.ts'
import type { Alias } from './alias.ts'

/** Keys of `agents` that are no agent of the map form. */
const agentsKeys = ['defaults', 'list', 'entries', 'ownership']

const personaKeys = ['system_prompt', 'systemPrompt', 'persona_description', 'default_tools']

const channels = 'whatsapp|telegram|discord|slack|signal|imessage|msteams'
const toolPlaces = ['tools', 'agents.defaults.tools', 'agents.list.*.tools']
const toolRules = [
  ...toolPlaces.flatMap((place) =>
    ['', '.byProvider.*', '.sandbox.tools', '.subagents.tools'].map((inner) => `${place}${inner}`),
  ),
  'channels.*.groups.*.tools',
  'channels.*.accounts.*.groups.*.tools',
]
const toolLists = toolRules.map((rules) => `${rules}.allow|alsoAllow|deny.*`)
const agentPlaces = ['agents.defaults', 'agents.list.*']

/**
 * Every other spelling that is understood, in the order in which the rows are applied: agents come into `agents.list` first,
 * so that the rows behind need to know one form alone.
 */
export const aliases: readonly Alias[] = [
  { kind: 'list-entry', from: 'routing.agents.*', list: 'agents.list', main: 'always' },
  { kind: 'list-entry', from: 'agents.entries.*', list: 'agents.list', main: 'preferred' },
  // Penguin's persona for whom nobody else is asked; the word cannot be an id here.
  { kind: 'move', from: 'agents.default', to: 'agents.main', when: isPersona },
  {
    kind: 'list-entry',
    from: `agents.!${agentsKeys.join('|')}`,
    list: 'agents.list',
    unlike: ['defaults', 'entries', 'ownership'],
    main: 'preferred',
  },
  ...['routing.agents', 'agents.entries'].map((from): Alias => ({
    kind: 'ignored',
    from,
    why: 'it holds no agent',
    when: isEmpty,
  })),
  { kind: 'ignored', from: 'agents.ownership', why: 'every agent owns what it has' },

  { kind: 'move', from: 'agent.tools', to: 'tools' },
  { kind: 'move', from: 'agent.elevated', to: 'tools.elevated' },
  { kind: 'move', from: 'agent.bash', to: 'tools.exec' },
  { kind: 'move', from: 'agent.modelAliases', to: 'models.aliases' },
  { kind: 'move', from: 'agent', to: 'agents.defaults' },
  {
    kind: 'move',
    from: 'agents.defaults.modelFallbacks',
    to: 'agents.defaults.model.fallbacks',
    textAs: 'primary',
  },

  { kind: 'default-agent', from: 'routing.defaultAgentId' },
  { kind: 'map-default', from: 'agents' },
  { kind: 'default-agents-own', from: 'identity', key: 'identity' },

  ...agentPlaces.flatMap((place): readonly Alias[] => [
    { kind: 'move', from: `${place}.mentionPatterns`, to: `${place}.groupChat.mentionPatterns` },
    { kind: 'move', from: `${place}.sandbox.tools`, to: `${place}.tools.sandbox.tools` },
    {
      kind: 'words',
      from: `${place}.sandbox.perSession`,
      words: { true: 'session', false: 'shared' },
    },
    { kind: 'move', from: `${place}.sandbox.perSession`, to: `${place}.sandbox.scope` },
    { kind: 'model-parts', from: `${place}.model` },
    { kind: 'move', from: `${place}.default_tools`, to: `${place}.tools.allow` },
  ]),
  { kind: 'wrap', from: 'agents.list.*.identity', key: 'prompt' },
  {
    kind: 'move',
    from: 'agents.list.*.system_prompt|systemPrompt',
    to: 'agents.list.*.identity.prompt',
  },
  { kind: 'move', from: 'agents.list.*.persona_description', to: 'agents.list.*.description' },

  { kind: 'move', from: channels, to: 'channels.*' },
  { kind: 'move', from: `providers.${channels}`, to: 'channels.*' },
  { kind: 'move', from: 'routing.allowFrom', to: 'channels.whatsapp.allowFrom' },

  { kind: 'move', from: 'routing.bindings', to: 'bindings' },
  { kind: 'move', from: 'bindings.*.match.provider', to: 'bindings.*.match.channel' },
  {
    kind: 'words',
    from: 'bindings.*.match.peer.kind',
    words: { direct: 'dm', private: 'dm', room: 'channel' },
  },
  {
    kind: 'move',
    from: 'agents.list.*.routes.*.match.provider',
    to: 'agents.list.*.routes.*.match.channel',
  },
  {
    kind: 'words',
    from: 'agents.list.*.routes.*.match.peer.kind',
    words: { direct: 'dm', private: 'dm', room: 'channel' },
  },
  { kind: 'channel-agent', from: 'channels.*.accounts.*.agent|agentId' },
  { kind: 'channel-agent', from: 'channels.*.agent|agentId' },

  { kind: 'move', from: 'broadcast.!strategy|groups', to: 'broadcast.groups.*' },
  { kind: 'move', from: 'routing.agentToAgent', to: 'tools.agentToAgent' },
  { kind: 'move', from: 'routing.queue', to: 'messages.queue' },
  ...['messages.queue.mode', 'messages.queue.byChannel.*'].map((from): Alias => ({
    kind: 'words',
    from,
    words: { followup: 'queue', 'steer-backlog': 'steer', 'steer+backlog': 'steer' },
  })),
  { kind: 'move', from: 'tools.bash', to: 'tools.exec' },
  ...toolLists.map((from): Alias => ({
    kind: 'words',
    from,
    words: {
      bash: 'exec',
      'apply-patch': 'apply_patch',
      'group:clawdia': 'group:all',
      'group:moltbot': 'group:all',
      'group:opensoul': 'group:all',
      'group:argentos': 'group:all',
      'group:clawdbot': 'group:all',
      'group:openclaw': 'group:all',
    },
  })),
]

function isPersona(node: Node): boolean {
  return personaKeys.some((key) => childOf(node, key) !== undefined)
}
