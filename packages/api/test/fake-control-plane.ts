import type { Address } from '@junctor/channel'
import type {
  AgentSummary,
  CanvasSummary,
  ControlPlane,
  ConversationOptions,
  Entry,
  Explanation,
  PairingApproval,
  PairingRequest,
  RegistrationStatus,
  Status,
} from '@junctor/api'
import { JunctorError } from '@junctor/errors'

export interface FakeControlPlane extends ControlPlane {
  readonly shown: (CanvasSummary & { readonly html: string })[]
  readonly asked: { address: Address; options: ConversationOptions }[]
  entries: Entry[]
  requests: PairingRequest[]
  registered: RegistrationStatus[]
  letIn: PairingApproval[]
  /** Agent → the reason that was given. */
  readonly paused: Map<string, string | undefined>
  /** Ids of agents, in order. */
  readonly restarted: string[]
  /** Cron jobs that were to be made. */
  readonly wanted: Parameters<ControlPlane['cron']['add']>[]
  /** What approvals were answered with. */
  readonly answered: Parameters<ControlPlane['approvals']['answer']>[]
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
      state: 'available',
      sessions: 1,
      pending: 0,
      dead: 0,
    },
  ],
  refusals: 0,
  pairingRequests: 0,
  unknownDeliveries: 0,
}

const waitingCall = {
  id: 'a1',
  agentId: 'main',
  sessionKey: 'agent:main:main',
  tool: 'exec',
  input: { command: 'ls' },
  elevated: false,
  state: 'pending',
  askedAt: 0,
  expiresAt: 1,
} as const

const nodeRequest = { name: 'mac', code: 'ACDEFGHJ', at: 1, expiresAt: 2 }
const pairedNode = { name: 'mac', pairedAt: 1, lastSeen: 1 }

const cronJob = {
  id: 'cron_1',
  name: 'Go',
  schedule: 'every 2 hours',
  message: 'go',
  session: 'isolated',
  enabled: true,
  failures: 0,
  runs: [],
} as const

function jobNamed(id: string): typeof cronJob {
  if (id === cronJob.id) return cronJob
  throw new JunctorError('UNKNOWN_JOB', 'there is none')
}

export function createFakeControlPlane({
  handleRequest = async () => undefined,
  why = () => [],
}: FakeControlPlaneOptions = {}): FakeControlPlane {
  const agentNamed = (id: string): AgentSummary => {
    const agent = plane.agents().find((each) => each.id === id)
    if (agent === undefined) throw new JunctorError('UNKNOWN_AGENT', `there is no ${id}`)
    return agent
  }
  const plane: FakeControlPlane = {
    asked: [],
    entries: [],
    requests: [],
    letIn: [],
    paused: new Map(),
    restarted: [],
    answered: [],
    wanted: [],
    cron: {
      async list(agentId) {
        agentNamed(agentId)
        return [cronJob]
      },
      async add(...args) {
        if (args[1].message === '') throw new JunctorError('INVALID_JOB', '"message" is empty')
        plane.wanted.push(args)
        return cronJob
      },
      run: async (_agentId, jobId) => jobNamed(jobId),
      async remove(_agentId, jobId) {
        jobNamed(jobId)
      },
    },
    approvals: {
      list: async () => [waitingCall],
      async answer(...args) {
        const [id, state] = args
        if (id === 'others') throw new JunctorError('NOT_AN_APPROVER', 'not yours')
        if (id !== waitingCall.id) throw new JunctorError('UNKNOWN_APPROVAL', 'there is none')
        plane.answered.push(args)
        return { ...waitingCall, state }
      },
    },
    nodes: {
      list: async () => ({ requests: [nodeRequest], nodes: [pairedNode] }),
      async approve(code) {
        if (code === 'TAKEN') throw new JunctorError('NODE_EXISTS', 'another has the name')
        if (code === nodeRequest.code) return pairedNode
        throw new JunctorError('UNKNOWN_NODE_REQUEST', 'there is none')
      },
      async reject(code) {
        if (code === nodeRequest.code) return nodeRequest
        throw new JunctorError('UNKNOWN_NODE_REQUEST', 'there is none')
      },
      async remove(name) {
        if (name === pairedNode.name) return pairedNode
        throw new JunctorError('UNKNOWN_NODE', 'there is none')
      },
    },
    registrations: {
      list: () => plane.registered,
      async addAgent(agent, owned) {
        const id = typeof agent['id'] === 'string' ? agent['id'] : ''
        if (id === 'main')
          throw new JunctorError('REGISTRATION_REFUSED', 'There is an agent "main".')
        plane.registered.push({
          kind: 'agent',
          state: 'in-force',
          id,
          agent,
          createdAt: 1,
          ...owned,
        })
        return { id }
      },
      async removeAgent(id, options) {
        const index = plane.registered.findIndex((each) => each.id === id)
        if (index < 0) throw new JunctorError('UNKNOWN_REGISTRATION', `No runtime agent "${id}".`)
        plane.registered.splice(index, 1)
        return { id, bindings: 0, ...options }
      },
      async bind(binding, options) {
        if (binding['agentId'] === 'main')
          throw new JunctorError('REGISTRATION_CONFLICT', 'Agent "research" has these messages.')
        return { status: plane.registered.length === 0 ? 'added' : 'skipped', ...options }
      },
      unbind: (id) =>
        Promise.reject(new JunctorError('UNKNOWN_REGISTRATION', `No runtime binding "${id}".`)),
      purge: (id) =>
        id === 'main'
          ? Promise.reject(new JunctorError('AGENT_CONFIGURED', 'Agent "main" is in force.'))
          : Promise.resolve({ messages: 2 }),
    },
    registered: [],
    pairing: {
      list: async () => ({ requests: plane.requests, approvals: plane.letIn }),
      async approve(reference, { session = 'own' }) {
        const { at: approvedAt, ...person } = plane.requests.find(isMeant(reference)) ?? missing()
        const { id, channel, accountId, senderId } = person
        const approval = { id, channel, accountId, senderId, session, approvedAt } as const
        plane.letIn.push(approval)
        return approval
      },
      async reject(reference) {
        return plane.requests.find(isMeant(reference)) ?? missing()
      },
      async revoke(reference, { accountId }) {
        const found = plane.letIn.filter(
          (each) => each.senderId === reference && each.accountId === (accountId ?? each.accountId),
        )
        if (found.length > 1) throw new JunctorError('AMBIGUOUS_PAIRING', 'two accounts')
        return found[0] ?? missing()
      },
    },
    status: async () => status,
    agents: () => [
      {
        id: 'main',
        name: 'Main',
        emoji: '🧭',
        model: 'demo/script',
        isDefault: true,
        isDemo: true,
        state: plane.paused.has('main') ? 'paused' : 'available',
      },
      {
        id: 'research',
        name: 'Research',
        model: 'anthropic/claude',
        isDefault: false,
        isDemo: false,
        state: 'available',
      },
    ],
    pauseAgent: async (id, { reason }) => {
      plane.paused.set(agentNamed(id).id, reason)
      return agentNamed(id)
    },
    resumeAgent: async (id) => {
      if (!plane.paused.delete(agentNamed(id).id))
        throw new JunctorError('PAUSED_BY_CONFIG', 'the config says so')
      return agentNamed(id)
    },
    restartAgent: async (id) => {
      plane.restarted.push(agentNamed(id).id)
      return agentNamed(id)
    },
    async tools({ agentId, sessionKey = `agent:${agentId}:main`, model = 'anthropic/claude' }) {
      if (!sessionKey.startsWith('agent:'))
        throw new JunctorError('INVALID_SESSION_KEY', 'no session key')
      const { id } = agentNamed(agentId)
      const elevated = { allowed: false, reason: 'no' }
      return { agentId: id, sessionKey, model, sandboxed: false, elevated, tools: [] }
    },
    why: async (id) => why(id),
    conversation: async (address, options) => {
      plane.asked.push({ address, options })
      const end =
        options.before === undefined
          ? plane.entries.length
          : plane.entries.findIndex((entry) => entry.messageId === options.before)
      return plane.entries.slice(Math.max(0, end - options.limit), end)
    },
    canvases: {
      list: async () => plane.shown.map(({ html: _, ...facts }) => facts),
      get: async (agentId, sessionKey) =>
        plane.shown.find((each) => each.agentId === agentId && each.sessionKey === sessionKey),
    },
    shown: [],
    handleRequest,
  }
  return plane
}

const isMeant =
  (reference: string) =>
  ({ id, code }: PairingRequest): boolean =>
    id === reference || code === reference

function missing(): never {
  throw new JunctorError('UNKNOWN_PAIRING', 'nobody has this id')
}
