import type { Address } from '@junctor/channel'
import type { ControlPlane, ConversationOptions, Entry, Explanation, Status } from '@junctor/api'

export interface FakeControlPlane extends ControlPlane {
  readonly asked: { address: Address; options: ConversationOptions }[]
  entries: Entry[]
}

export interface FakeControlPlaneOptions {
  readonly handleRequest?: ControlPlane['handleRequest']
  readonly why?: (id: string) => readonly Explanation[]
}

const status: Status = {
  version: '0.1.0',
  startedAt: 0,
  config: { revision: 'r1' },
  channels: [{ channel: 'web', accountId: 'default', state: 'online', since: 0 }],
  agents: [
    {
      id: 'main',
      name: 'Main',
      model: 'demo/script',
      isDefault: true,
      sessions: 1,
      pending: 0,
      dead: 0,
    },
  ],
  refusals: 0,
  unknownDeliveries: 0,
}

export function createFakeControlPlane({
  handleRequest = async () => undefined,
  why = () => [],
}: FakeControlPlaneOptions = {}): FakeControlPlane {
  const plane: FakeControlPlane = {
    asked: [],
    entries: [],
    status: async () => status,
    agents: () => [
      {
        id: 'main',
        name: 'Main',
        emoji: '🧭',
        model: 'demo/script',
        isDefault: true,
        isDemo: true,
      },
      {
        id: 'research',
        name: 'Research',
        model: 'anthropic/claude',
        isDefault: false,
        isDemo: false,
      },
    ],
    why: async (id) => why(id),
    conversation: async (address, options) => {
      plane.asked.push({ address, options })
      const end =
        options.before === undefined
          ? plane.entries.length
          : plane.entries.findIndex((entry) => entry.messageId === options.before)
      return plane.entries.slice(Math.max(0, end - options.limit), end)
    },
    handleRequest,
  }
  return plane
}
