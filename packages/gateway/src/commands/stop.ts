import { toResumedMessages } from '@junctor/runtime'
import type { Backlog, NewTranscriptMessage } from '@junctor/store'
import { toJson } from '../envelopes.ts'
import { mailOf } from '../mail.ts'
import type { ChatCommand, CommandReply } from './command.ts'

export const stop: ChatCommand = {
  name: 'stop',
  description: 'Stop what I am doing here',
  when: 'at once',
  access: () => 'listed in rooms',
  // Before its own session: should the process end in between, the command comes again.
  async prepare({ stopSubagents }) {
    const subagents = await stopSubagents()
    return (lane) => replyTo(lane, subagents)
  },
}

function replyTo(lane: Backlog, subagents: number): CommandReply {
  const running = lane.messages.filter(({ state }) => state === 'claimed').length
  const waiting = lane.messages.length - running
  if (lane.messages.length + subagents === 0) return { text: 'There is nothing to stop.' }
  return {
    text: `⏹ Stopped. ${[
      ...(running === 0 ? [] : [`I gave up answering ${countText(running)}.`]),
      ...(waiting === 0 ? [] : [`I dropped ${countText(waiting)} that waited.`]),
      ...(subagents === 0
        ? []
        : [`I ended ${subagents} sub-${subagents === 1 ? 'agent' : 'agents'}.`]),
    ].join(' ')}`,
    stop: 'it was stopped by /stop',
    transcript: transcriptOf(lane),
  }
}

function countText(messages: number): string {
  return messages === 1 ? '1 message' : `${messages} messages`
}

/** What the agent had begun stays in the conversation: the next turn must know what was asked, and what has been done. */
function transcriptOf({ messages, calls }: Backlog): readonly NewTranscriptMessage[] {
  const begun = messages.filter(({ state }) => state === 'claimed')
  if (begun.length === 0) return []
  const said = (role: 'user' | 'assistant' | 'tool', parts: readonly object[]) => ({
    role,
    parts: parts.map(toJson),
  })
  return [
    ...begun.map((message) => ({
      ...said('user', mailOf(message).message.parts),
      messageId: message.id,
    })),
    ...toResumedMessages(calls).map(({ role, parts }) => said(role, parts)),
    said('assistant', [{ type: 'text', text: '[I was stopped before I answered.]' }]),
  ]
}
