import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@junctor/channel'
import type { Config } from '@junctor/config'
import { sessionKey as writeSessionKey } from '@junctor/session-key'
import { EventEmitter } from 'eventemitter3'
import { createAccounts } from './accounts.ts'
import { canvasTool } from './agent-tools/canvas.ts'
import { createAgentWork } from './agent-work.ts'
import { hasDayLimits } from './budget/spending.ts'
import { createLedger } from './budget/ledger.ts'
import { createApprovals } from './approvals/approvals.ts'
import { createAudit } from './audit.ts'
import { createAvailability } from './availability/availability.ts'
import { createBreaker, verdictOf } from './availability/breaker.ts'
import { createGate } from './availability/gate.ts'
import { createCanvases } from './canvas/canvases.ts'
import { changesBetween } from './changes.ts'
import { createCommands } from './commands/commands.ts'
import { readConversation } from './conversation.ts'
import { createOutbox } from './delivery/outbox.ts'
import { GatewayError } from './errors.ts'
import { createEventSink, type GatewayEvents } from './events.ts'
import { explainMessage } from './explain.ts'
import type { AgentFacts, Gateway, GatewayOptions } from './gateway.ts'
import { createIds } from './ids.ts'
import { createIntake } from './intake.ts'
import { createPost } from './internal/post.ts'
import { createLanes } from './lanes.ts'
import { createPairingBook } from './pairing/book.ts'
import { createNotices } from './pairing/notices.ts'
import { createPairing } from './pairing/pairing.ts'
import { createPrompts } from './prompts.ts'
import { queueModeOf } from './queue-mode.ts'
import { createRegistrationBook } from './registrations/book.ts'
import { nameOf } from './registrations/registration.ts'
import { createRegistry } from './registrations/registry.ts'
import { inlineTurns } from './inline-turns.ts'
import { keepRules, readRules } from './rules.ts'
import { createAgentSkills } from './skills/agent-skills.ts'
import { compileSnapshot, type PreparedAgent } from './snapshot.ts'
import { explainTools } from './tool-policy/explain-tools.ts'
import { createThrottles } from './tool-policy/throttles.ts'
import { createTurnGates } from './tool-policy/turn-gate.ts'
import { gatherTools } from './tool-source.ts'
import { createTurns } from './turn.ts'
import { unusableModels } from './unusable-models.ts'
import { vaultOf } from './vault.ts'

const DEFAULT_GRACE_MS = 10_000

/** Puts the parts of a gateway together. Nothing runs before `start`. */
export function createGateway(options: GatewayOptions): Gateway {
  const { store, models, tools = [], now = Date.now, random = Math.random } = options
  const runner = options.turns ?? inlineTurns
  const { leaseMs = 30_000, sweepIntervalMs = 5_000, maxConcurrentTurns = 64 } = options
  const log = options.log ?? silent
  const emitter = new EventEmitter<GatewayEvents>()
  const events = createEventSink(emitter, log)
  const newId = createIds(now)
  const owner = crypto.randomUUID()
  const stopping = new AbortController()
  const abandoned = new AbortController()
  let snapshot = compileSnapshot(options.config)
  let startedAt = now()
  let sweeper: NodeJS.Timeout | undefined

  const breaker = createBreaker(now)
  emitter.on('turn:ended', ({ agentId, outcome, code }) =>
    breaker.ended(agentId, verdictOf(outcome, code)),
  )
  const ledger = createLedger({ store, now })
  const availability = createAvailability({ store, snapshot: () => snapshot, breaker, ledger })
  const enforce = async (config: Config): Promise<void> => {
    const next = compileSnapshot(config)
    await keepRules(store, next)
    const changes = changesBetween(snapshot.config, config)
    snapshot = next
    for (const problem of await unusableModels(next, models)) log.warn({}, problem)
    if (changes.length > 0) log.debug({ revision: next.revision, changes }, 'config in force')
  }
  const registry = createRegistry({
    book: createRegistrationBook(store),
    config: options.config,
    newId,
    now,
    log,
    enforce,
  })
  /** Events that are being taken in, by the agents and bindings of when they came. */
  const receiving = new Set<Promise<unknown>>()

  const book = createPairingBook(store, now)
  const pairing = createPairing({ store, book, now, newId, noticed: () => void notices.send() })
  const explain = (id: string) =>
    explainMessage({ store, rulesOf: (revision) => readRules(store, revision) }, id)
  const audit = createAudit({ store, now })
  const approvals = createApprovals({
    store,
    audit,
    snapshot: () => snapshot,
    post: (message) => post(message),
    connection: (channel, accountId) => accounts.connection(channel, accountId),
    deliver: (agentId, sessionKey) => outbox.wake(agentId, sessionKey),
    newId,
    now,
    log,
  })
  const commands = createCommands({
    store,
    snapshot: () => snapshot,
    explain,
    approvals,
    connection: (channel, accountId) => accounts.connection(channel, accountId),
    newId,
    now,
    log,
    deliver: (agentId, sessionKey) => outbox.wake(agentId, sessionKey),
    stopSubagents: (sessionKey) => work.stopSubagents(sessionKey),
    stopped(agentId, sessionKey) {
      lanes.stop(agentId, sessionKey)
      // Those that the turn started while it was being stopped.
      work.stopSubagents(sessionKey).catch((error: unknown) => {
        log.error({ agentId, sessionKey, error: String(error) }, 'sub-agents were not stopped')
      })
    },
  })
  const intake = createIntake({
    store,
    snapshot: () => snapshot,
    pairing,
    commands,
    agentStates: availability.states,
    newId,
    now,
    log,
    events,
    arrive: (agentId, sessionKey, from) => lanes.arrive(agentId, sessionKey, from),
    deliver: (agentId, sessionKey) => outbox.wake(agentId, sessionKey),
  })
  emitter.on('turn:ended', ({ agentId }) => intake.turnEnded(agentId))
  const accounts = createAccounts({
    channels: options.channels,
    loadPackage: options.loadPackage,
    log,
    now,
    events,
    vault: (channel, accountId) => vaultOf(store, channel, accountId),
    async receive(account, envelope) {
      stopping.signal.throwIfAborted()
      if (registry.isStale()) await registry.refresh()
      const receipt = intake.receive(account, envelope)
      receiving.add(receipt)
      return receipt.finally(() => receiving.delete(receipt))
    },
    sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }),
    random,
  })
  const connection = accounts.connection
  const notices = createNotices({ book, connection, now, random, log, signal: abandoned.signal })
  const outbox = createOutbox({
    store,
    owner,
    connection,
    unknownPolicy: () => snapshot.config.delivery.unknown,
    log,
    events,
    now,
    random,
    maxActive: 64,
    leaseMs,
    signal: abandoned.signal,
  })
  const post = createPost({
    store,
    isAgent: (agentId) => snapshot.agents.has(agentId),
    newId,
    now,
    log,
    events,
    wake: (agentId, sessionKey) => lanes.wake(agentId, sessionKey),
  })
  const canvases = createCanvases(store)
  const work = createAgentWork({
    store,
    owner,
    isPaused: (agentId) => availability.conditionOf(agentId).state === 'paused',
    snapshot: () => snapshot,
    post,
    lanes: {
      aside: (agentId, sessionKey, wait) => lanes.aside(agentId, sessionKey, wait),
      stop: (agentId, sessionKey) => lanes.stop(agentId, sessionKey),
    },
    approvalOf: pairing.approvalOf,
    connection,
    deliver: (agentId, sessionKey) => outbox.wake(agentId, sessionKey),
    newId,
    now,
    log,
  })
  emitter.on('turn:ended', ({ agentId, sessionKey }) => work.turnEnded(agentId, sessionKey))
  const allTools = [...tools, ...work.tools, canvasTool({ canvases, now })]
  const takeTurn = createTurns({
    snapshot: () => snapshot,
    models,
    ledger,
    tools: allTools,
    toolSources: options.toolSources ?? [],
    causes: work.causes,
    subagentTerms: work.subagentTerms,
    toolsOf: createTurnGates({ throttles: createThrottles({ store, now }), approvals, now }),
    workbenches: options.workbenches,
    prompts: createPrompts(log),
    audit,
    runner,
    skills: createAgentSkills(now),
    connection,
    isDelivering: (agentId, sessionKey) => outbox.isBusy(agentId, sessionKey),
    deliver: (agentId, sessionKey) => outbox.wake(agentId, sessionKey),
    newId,
    now,
    random,
    log,
    events,
    signal: abandoned.signal,
  })
  const lanes = createLanes({
    store,
    owner,
    leaseMs,
    maxActive: maxConcurrentTurns,
    maxActiveOf: availability.mostTurnsOf,
    queue: () => snapshot.config.messages.queue,
    modeOf: (channel, session) => queueModeOf(snapshot.config, channel, session),
    takeTurn: commands.takeTurn(
      createGate({
        store,
        snapshot: () => snapshot,
        availability,
        ledger,
        takeTurn,
        arrive: (agentId, sessionKey, from) => lanes.arrive(agentId, sessionKey, from),
        newId,
        now,
        log,
        signal: abandoned.signal,
      }),
    ),
    log,
    now,
  })

  const factsOf = ({ agent, isDefault }: PreparedAgent): AgentFacts => {
    const { id, name, identity, model } = agent
    const emoji = identity.emoji === undefined ? {} : { emoji: identity.emoji }
    return { id, name, ...emoji, model, isDefault, ...availability.conditionOf(id) }
  }

  const agentNamed = (agentId: string): PreparedAgent => {
    const agent = snapshot.agents.get(agentId)
    if (agent !== undefined) return agent
    const known = [...snapshot.agents.keys()].join(', ')
    throw new GatewayError(
      'UNKNOWN_AGENT',
      `There is no agent "${agentId}" (agents.list has ${known}).`,
    )
  }

  let sweeping = Promise.resolve()
  const sweep = (): Promise<void> => (sweeping = sweeping.then(lookForWork))
  const lookForWork = async (): Promise<void> => {
    if (stopping.signal.aborted) return
    void notices.send()
    await approvals
      .sweep()
      .catch((error: unknown) =>
        log.error({ error: String(error) }, 'approvals could not be looked after'),
      )
    await availability
      .refresh()
      .catch((error: unknown) => log.error({ error: String(error) }, 'pauses could not be read'))
    await intake.sweep().catch((error: unknown) => {
      log.error({ error: String(error) }, 'broadcasts under way could not be looked for')
    })
    await work.sweep()
    if (registry.isStale()) await registry.refresh()
    await work.cron.sweep()
    for (const agentId of snapshot.agents.keys())
      try {
        await outbox.sweep(agentId)
        await lanes.sweep(agentId)
      } catch (error) {
        log.error({ agentId, error: String(error) }, 'looking for waiting work failed')
      }
  }

  /** A start and reloads, one after the other: the last config given is the one in force. */
  let changing: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(change: () => Promise<Result>): Promise<Result> => {
    const result = changing.then(() => {
      stopping.signal.throwIfAborted()
      return change()
    })
    changing = result.catch(() => {})
    return result
  }

  const start = async (): Promise<void> => {
    startedAt = now()
    await registry.open()
    await availability.refresh()
    await accounts.apply(snapshot.config)
    await sweep()
    if (stopping.signal.aborted) return
    sweeper = setInterval(() => void sweep(), sweepIntervalMs)
    sweeper.unref()
  }

  const reload = async (config: Config): Promise<readonly string[]> => {
    const before = snapshot.config
    await registry.rebase(config)
    const { revision } = snapshot
    const changes = changesBetween(before, snapshot.config)
    const all = [...changes, ...(await accounts.apply(config))]
    await sweep()
    log.info(
      { revision, changes: all },
      all.length === 0 ? 'config reloaded, nothing changed' : `config reloaded: ${all.join('; ')}`,
    )
    events.emit('config:reloaded', { revision, changes: all })
    return all
  }

  const agentFacts = (prepared: PreparedAgent): AgentFacts => {
    const facts = factsOf(prepared)
    const registered = registry.list().find(({ kind, id }) => kind === 'agent' && id === facts.id)
    if (registered === undefined) return facts
    const runtime = registered.owner === undefined ? {} : { owner: registered.owner }
    return { ...facts, runtime }
  }

  return {
    events: emitter,
    start: () => inTurn(start),
    async stop({ graceMs = DEFAULT_GRACE_MS } = {}) {
      stopping.abort(new GatewayError('STOPPING', 'The gateway is stopping and takes no messages.'))
      clearInterval(sweeper)
      await sweeping
      await work.cron.stop()
      lanes.pause()
      const patience = AbortSignal.timeout(graceMs)
      const giveUp = (): void =>
        abandoned.abort(new GatewayError('STOPPING', 'The gateway stopped.'))
      patience.addEventListener('abort', giveUp)
      await lanes.idle()
      await Promise.all([intake.idle(), work.idle()])
      await Promise.all([outbox.drain(), notices.send()])
      outbox.stop()
      patience.removeEventListener('abort', giveUp)
      await accounts.close(patience)
    },
    reload: (config) => inTurn(() => reload(config)),
    pairing,
    config: () => snapshot.config,
    registrations: registry,
    async purgeAgent(agentId) {
      if (snapshot.agents.has(agentId))
        throw new GatewayError(
          'AGENT_CONFIGURED',
          `Agent "${agentId}" is in force. Delete it first, then what it has stored.`,
        )
      // Messages that came before the agent went may still be on their way into its mailbox.
      await Promise.allSettled(receiving)
      await Promise.all([lanes.drop(agentId), outbox.drop(agentId)])
      await work.forget(agentId)
      await availability.resume(agentId)
      await work.cron.forget(agentId)
      await canvases.forget(agentId)
      return store.removeAgent(agentId)
    },
    agents: () => [...snapshot.agents.values()].map(agentFacts),
    async pauseAgent(agentId, why = {}) {
      const agent = agentNamed(agentId)
      await availability.pause(agentId, { at: now(), ...why })
      log.info({ agentId, ...why }, `agent ${agentId} is paused`)
      await lanes.sweep(agentId)
      return factsOf(agent)
    },
    async resumeAgent(agentId) {
      const agent = agentNamed(agentId)
      if (snapshot.pausedAgents.has(agentId))
        throw new GatewayError(
          'PAUSED_BY_CONFIG',
          `Agent "${agentId}" is paused in the config: set its \`paused\` to false.`,
        )
      await availability.resume(agentId)
      log.info({ agentId }, `agent ${agentId} answers again`)
      await lanes.sweep(agentId)
      await work.cron.sweep()
      return factsOf(agent)
    },
    async restartAgent(agentId) {
      const agent = agentNamed(agentId)
      breaker.forget(agentId)
      const turns = lanes.restart(agentId)
      await runner.restart(agentId)
      log.info({ agentId, turns }, `agent ${agentId} was started anew`)
      await lanes.sweep(agentId)
      return factsOf(agent)
    },
    async status() {
      const agents = await Promise.all(
        [...snapshot.agents.values()].map(async (prepared) => {
          const counts = await store.agent(prepared.agent.id).counts()
          const { inbox, sessions, unknownDeliveries } = counts
          const pending = inbox.pending + inbox.claimed
          return {
            ...agentFacts(prepared),
            sessions,
            pending,
            dead: inbox.dead,
            unknownDeliveries,
            ...(hasDayLimits(prepared.limits) ? { today: ledger.today(prepared.agent.id) } : {}),
          }
        }),
      )
      return {
        startedAt,
        revision: snapshot.revision,
        channels: accounts.states(),
        agents: agents.map(({ unknownDeliveries: _, ...agent }) => agent),
        setAside: registry
          .list()
          .flatMap((each) =>
            each.state === 'set-aside' ? [`${nameOf(each)}: ${each.reason}`] : [],
          ),
        refusals: await store.gateway.countRefusals(),
        pairingRequests: (await pairing.list()).requests.length,
        unknownDeliveries: agents.reduce((sum, agent) => sum + agent.unknownDeliveries, 0),
      }
    },
    post,
    async tools(question) {
      const { agent, sandbox } = agentNamed(question.agentId)
      const { config } = snapshot
      const { mainKey } = config.session
      const key =
        question.sessionKey ?? writeSessionKey({ kind: 'main', agentId: question.agentId, mainKey })
      const found = await gatherTools(allTools, options.toolSources ?? [], {
        agent,
        config,
        sessionKey: key,
        isSandboxed: sandbox(key) !== undefined,
        signal: stopping.signal,
      })
      const names = found.tools.map(({ name }) => name)
      const parent = await work.subagentTerms.parentOf(key)
      return explainTools(config, { ...question, sessionKey: key }, names, parent)
    },
    approvals: { list: () => approvals.list(), answer: approvals.answer },
    cron: work.cron,
    why: explain,
    conversation: (address, window) =>
      readConversation(store, [...snapshot.agents.keys()], address, window),
    canvases: {
      get: async (agentId, sessionKey) =>
        snapshot.agents.has(agentId) ? canvases.get(agentId, sessionKey) : undefined,
      list: async () =>
        (await canvases.list()).filter(({ agentId }) => snapshot.agents.has(agentId)),
    },
    async handleRequest(channel, accountId, request) {
      return connection(channel, accountId)?.connection.handleRequest?.(request)
    },
  }
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }
