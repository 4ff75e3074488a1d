import { agentStates, stateOf } from './agent-state.ts'
import type { Policy, PolicyCondition } from './config.ts'
import { RouterError } from './errors.ts'
import type { RouteFacts, RouteInput } from './router-contract.ts'
import { exactId, roomKindOf, readPeer, show } from './rules.ts'
import { compileTextPattern } from './text-pattern.ts'
import { compileTimeWindow } from './time-window.ts'

/** The condition of a policy that the message does not fit. */
export type PolicyField = keyof PolicyCondition

/** One field of `when`. */
export interface Condition {
  readonly field: PolicyField
  readonly fits: (input: RouteInput, facts: RouteFacts) => boolean
  /** What it asks for, in words. */
  readonly wanted: string
  /** What the message has instead, in words. */
  readonly found: (input: RouteInput, facts: RouteFacts) => string
}

type Found = Condition['found']

/** Every field that is given but the channel, the cheap ones first. */
export function readConditions(
  { when }: Policy,
  index: number,
  timeZone: string,
): readonly Condition[] {
  const where = `policies[${index}]`
  const { accountId, peer, guildId, teamId, roles = [], sender, agentState } = when
  const id = (value: unknown, field: string): string => exactId(value, `${where}.when.${field}`)
  const conditions: Condition[] = []
  const add = (field: PolicyField, wanted: string, fits: Condition['fits'], found: Found): void => {
    conditions.push({ field, wanted, fits, found })
  }

  if (accountId !== undefined && accountId !== '*') {
    const wanted = id(accountId, 'accountId')
    const fits = (input: RouteInput) => input.accountId === wanted
    const found: Found = (input) => `account ${show(input.accountId)}`
    add('accountId', `account ${show(wanted)}`, fits, found)
  }
  if (peer !== undefined) addPeer(readPeer(peer, `${where}.when.peer`), add)
  if (guildId !== undefined) {
    const wanted = id(guildId, 'guildId')
    add('guildId', `guild ${show(wanted)}`, (input) => input.guildId === wanted, foundGuild)
  }
  if (teamId !== undefined) {
    const wanted = id(teamId, 'teamId')
    add('teamId', `team ${show(wanted)}`, (input) => input.teamId === wanted, foundTeam)
  }
  if (roles.length > 0) {
    if (guildId === undefined)
      throw new RouterError(
        'ROLES_WITHOUT_GUILD',
        `${where}.when has roles but no guildId. Roles belong to one guild: add when.guildId, or remove when.roles.`,
      )
    const wanted = new Set(roles.map((role) => id(role, 'roles')))
    const fits = ({ roles: held = [] }: RouteInput) => held.some((role) => wanted.has(role))
    add('roles', `a sender with role ${either([...wanted])}`, fits, foundRoles)
  }
  if (sender !== undefined) {
    const wanted = new Set(sender.map((one) => id(one, 'sender')))
    const fits: Condition['fits'] = (_, { senderId }) =>
      senderId !== undefined && wanted.has(senderId)
    add('sender', `sender ${either([...wanted])}`, fits, foundSender)
  }
  if (agentState !== undefined) addAgentStates(agentState, where, add)
  if (when.time !== undefined) {
    const { time } = when
    const isInside = readable(index, 'time', () => compileTimeWindow(time, timeZone))
    const fits: Condition['fits'] = (_, { at }) => at !== undefined && isInside(at)
    add('time', `a time in ${show(time)}`, fits, foundTime)
  }
  if (when.text !== undefined) {
    const { text } = when
    const isIn = readable(index, 'text', () => compileTextPattern(text))
    const fits: Condition['fits'] = (_, facts) => facts.text !== undefined && isIn(facts.text)
    add('text', `a text like ${show(text)}`, fits, foundText)
  }
  return conditions
}

type Add = (field: PolicyField, wanted: string, fits: Condition['fits'], found: Found) => void

function addPeer({ kind, id }: ReturnType<typeof readPeer>, add: Add): void {
  const isWanted = (place: RouteInput['peer']): boolean =>
    roomKindOf(place.kind) === kind && (id === '*' || place.id === id)
  const fits = ({ peer, parents = [] }: RouteInput): boolean =>
    isWanted(peer) || (id !== '*' && parents.some(isWanted))
  const found: Found = ({ peer, parents = [] }) =>
    [peer, ...parents].map((place) => `${place.kind} ${show(place.id)}`).join(' inside ')
  add('peer', id === '*' ? `any ${kind}` : `${kind} ${show(id)}`, fits, found)
}

function addAgentStates(
  wanted: NonNullable<PolicyCondition['agentState']>,
  where: string,
  add: Add,
): void {
  const entries = Object.entries(wanted)
  for (const [agentId, state] of entries) {
    if (agentStates.includes(state)) continue
    throw new RouterError(
      'INVALID_POLICY',
      `${where}.when.agentState[${show(agentId)}] is ${show(state)}; it must be ${either(agentStates)}.`,
    )
  }
  const words = entries.map(([agentId, state]) => `agent ${show(agentId)} ${state}`).join(' and ')
  const [only, ...others] = entries
  const isSo = ({ agentStates: states }: RouteFacts, [id, state]: (typeof entries)[number]) =>
    stateOf(states, id) === state
  add(
    'agentState',
    words,
    only === undefined || others.length > 0
      ? (_, facts) => entries.every((entry) => isSo(facts, entry))
      : (_, facts) => isSo(facts, only),
    (_, facts) =>
      entries
        .map(([agentId]) => `agent ${show(agentId)} ${stateOf(facts.agentStates, agentId)}`)
        .join(' and '),
  )
}

function readable<Value>(index: number, field: PolicyField, read: () => Value): Value {
  try {
    return read()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `policies[${index}].when.${field} cannot be read: ${reason}.`
    const details = { policy: index, field, reason }
    throw new RouterError('INVALID_POLICY', message, { cause, details })
  }
}

const foundGuild: Found = ({ guildId }) =>
  guildId === undefined ? 'no guild' : `guild ${show(guildId)}`
const foundTeam: Found = ({ teamId }) => (teamId === undefined ? 'no team' : `team ${show(teamId)}`)
const foundRoles: Found = ({ roles = [] }) =>
  roles.length === 0 ? 'a sender without roles' : `roles ${roles.map(show).join(', ')}`
const foundSender: Found = (_, { senderId }) =>
  senderId === undefined ? 'no known sender' : `sender ${show(senderId)}`
const foundTime: Found = (_, { at }) =>
  at === undefined
    ? 'no known time'
    : `the time ${Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : at}`
const foundText: Found = (_, { text }) => (text === undefined ? 'no known text' : 'another text')

function either(words: readonly string[]): string {
  return words.map(show).join(' or ')
}
