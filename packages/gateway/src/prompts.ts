import type { Logger } from '@junctor/channel'
import {
  createPromptBuilder,
  type PromptCut,
  type PromptPlace,
  type PromptSession,
} from '@junctor/runtime'
import { parseSessionKey } from '@junctor/session-key'
import type { PreparedAgent } from './snapshot.ts'

export interface SystemPrompt {
  readonly text: string
  /** What somebody who asks why should know: a file was cut. */
  readonly notes: readonly string[]
}

export interface Prompts {
  /** Throws `RuntimeError` (`PROMPT_FILE_REFUSED`) for a file of the workspace that may not be used. */
  build(
    prepared: PreparedAgent,
    sessionKey: string,
    place: Place,
    /** What comes after the agent's own files. */
    more: string,
  ): Promise<SystemPrompt>
}

type Place = Pick<PromptPlace, 'channel' | 'kind'>

/** The system prompts of all agents. What is missing from one is logged when that changes. */
export function createPrompts(log: Logger): Prompts {
  // Under load a look at the files costs more than the turn around it.
  const builder = createPromptBuilder({ lookEveryMs: 100 })
  const logged = new Map<string, string>()

  const tell = (agentId: string, session: PromptSession, notes: readonly string[]): void => {
    const key = `${agentId} ${session}`
    const text = notes.join('\n')
    if (text === (logged.get(key) ?? '')) return
    logged.set(key, text)
    for (const note of notes) log.warn({ agentId, session }, note)
  }

  return {
    async build({ agent, promptLimits: limits }, sessionKey, at, more) {
      const session = sessionOf(sessionKey)
      const { text, cuts } = await builder.build(agent, { ...at, session, limits })
      const notes = cuts.map(noteOf)
      tell(agent.id, session, notes)
      return { text: more === '' ? text : `${text}\n\n${more}`, notes }
    },
  }
}

function sessionOf(sessionKey: string): PromptSession {
  const { kind } = parseSessionKey(sessionKey)
  return kind === 'main' || kind === 'subagent' ? kind : 'shared'
}

function noteOf({ file, bytes, shown, limit }: PromptCut): string {
  const setting =
    limit === 'file'
      ? 'agents.defaults.bootstrapMaxChars'
      : 'agents.defaults.bootstrapTotalMaxChars'
  return `${file} was cut: ${shown} characters of its ${bytes} bytes are in the prompt (${setting})`
}
