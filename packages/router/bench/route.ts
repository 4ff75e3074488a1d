import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { compileRouter, type RouteInput } from '@junctor/router'
import { compileLinearScan, compileNestedMaps } from './route/nested-maps.ts'
import { mixed, stress, withIdlePolicies, type Workload } from './route/workloads.ts'

// All contenders of a line run in turns in this process, each on messages whose strings were made for that run: no string
// has been hashed or compared before, as with a message that has just been parsed. Figures are the lower
// quartiles of the rounds: whatever else the machine does only ever adds. The messages are settled in memory before the clock
// starts; otherwise whoever makes new objects would also pay for the collector's copying of messages that wait.

type Contender = (input: RouteInput) => unknown

const rounds = 15
const linearBudget = 20_000_000
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const seen = new Map<string, number>()

function main(): void {
  console.log(`node ${process.version}, ${rounds} rounds, lower quartile, ns per message\n`)
  const sizes = [10, 100, 1_000, 10_000, 100_000].map(mixed)
  console.table(Object.fromEntries([...sizes, ...stress(), ...withIdlePolicies()].map(measure)))
}

function measure({ name, config, inputs, facts }: Workload) {
  const defaultAgent = config.agents[0]?.id ?? 'main'
  const nested = compileNestedMaps(config.bindings, defaultAgent)
  const linear = compileLinearScan(config.bindings, defaultAgent)
  const router = compileRouter(config)
  const resolve = (input: RouteInput) => router.resolve(input, facts)
  checkAgreement(inputs, resolve, nested, linear)

  const used: Contender = (input) => seen.get(resolve(input).sessionKey)
  const linearInputs = inputs.slice(0, Math.ceil(linearBudget / config.bindings.length / rounds))
  const lines: Record<'nested' | 'resolve' | 'used' | 'linear' | 'compile', number[]> = {
    nested: [],
    resolve: [],
    used: [],
    linear: [],
    compile: [],
  }
  for (let round = 0; round < rounds; round++) {
    lines.nested.push(timePerMessage(nested, inputs))
    lines.resolve.push(timePerMessage(resolve, inputs))
    lines.used.push(timePerMessage(used, inputs))
    lines.linear.push(timePerMessage(linear, linearInputs))
    lines.compile.push(timeCompile(config))
  }
  const maps = lowerQuartile(lines.nested)
  const row = {
    'nested Maps': Math.round(maps),
    resolve: Math.round(lowerQuartile(lines.resolve)),
    ratio: Number((lowerQuartile(lines.resolve) / maps).toFixed(2)),
    'with key looked up': Math.round(lowerQuartile(lines.used)),
    'linear scan': Math.round(lowerQuartile(lines.linear)),
    'compile per rule': Math.round(lowerQuartile(lines.compile) / countRules(config)),
  }
  return [name, row] as const
}

function timePerMessage(route: Contender, inputs: readonly RouteInput[]): number {
  const messages = inputs.map(freshCopy)
  collectGarbage()
  let answered = 0
  const start = process.hrtime.bigint()
  for (const message of messages) if (route(message) !== null) answered += 1
  return Number(process.hrtime.bigint() - start) / answered
}

function timeCompile(config: Workload['config']): number {
  const start = process.hrtime.bigint()
  compileRouter(config)
  return Number(process.hrtime.bigint() - start)
}

/** Bindings and identity links: both are rules that compiling reads once. */
function countRules({ bindings, session }: Workload['config']): number {
  return bindings.length + Object.keys(session?.identityLinks ?? {}).length
}

function checkAgreement(
  inputs: readonly RouteInput[],
  resolve: (input: RouteInput) => { readonly agentId: string },
  ...others: readonly ((input: RouteInput) => string)[]
): void {
  for (const input of inputs.slice(0, 500)) {
    const { agentId } = resolve(input)
    for (const other of others) {
      if (other(input) !== agentId)
        throw new Error(`Contenders disagree on ${JSON.stringify(input)}`)
    }
  }
}

function freshCopy(input: RouteInput): RouteInput {
  const { channel, accountId, peer, parents, guildId, teamId, roles } = input
  return {
    channel: freshText(channel),
    accountId: freshText(accountId),
    peer: { kind: peer.kind, id: freshText(peer.id) },
    ...(parents === undefined
      ? {}
      : { parents: parents.map(({ kind, id }) => ({ kind, id: freshText(id) })) }),
    ...(guildId === undefined ? {} : { guildId: freshText(guildId) }),
    ...(teamId === undefined ? {} : { teamId: freshText(teamId) }),
    ...(roles === undefined ? {} : { roles: roles.map(freshText) }),
  }
}

function freshText(text: string): string {
  return Buffer.from(text).toString()
}

function lowerQuartile(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 4)] ?? 0
}

main()
