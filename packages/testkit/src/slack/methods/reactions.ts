import { findEntry, type Entry } from '../conversations.ts'
import { textOf } from '../text.ts'
import { refuse } from '../types.ts'
import type { Method, MethodCall } from './method.ts'

export const reactionMethods: Readonly<Record<string, Method>> = {
  'reactions.add'(call) {
    const { entry, name, own } = read(call)
    if (own >= 0) refuse('already_reacted')
    entry.reactions.push({ name, user: call.workspace.botUserId })
    call.workspace.changed()
    return {}
  },

  'reactions.remove'(call) {
    const { entry, own } = read(call)
    if (own < 0) refuse('no_reaction')
    entry.reactions.splice(own, 1)
    call.workspace.changed()
    return {}
  },

  'reactions.get'({ workspace, params }) {
    const conversation = workspace.conversations.writable(params['channel'])
    const { message, reactions } = findEntry(conversation, params['timestamp'])
    const names = [...new Set(reactions.map(({ name }) => name))]
    const counted = names.map((name) => {
      const users = reactions.filter((one) => one.name === name).map(({ user }) => user)
      return { name, users, count: users.length }
    })
    return { type: 'message', message: { ...message, reactions: counted } }
  },
}

function read({ workspace, params }: MethodCall): {
  readonly entry: Entry
  readonly name: string
  readonly own: number
} {
  const name = textOf(params, 'name')
  if (!/^[a-z0-9_+'-]+$/.test(name)) refuse('invalid_name')
  const conversation = workspace.conversations.writable(params['channel'])
  const entry = findEntry(conversation, params['timestamp'])
  const isOwn = (one: Entry['reactions'][number]): boolean =>
    one.name === name && one.user === workspace.botUserId
  return { entry, name, own: entry.reactions.findIndex(isOwn) }
}
