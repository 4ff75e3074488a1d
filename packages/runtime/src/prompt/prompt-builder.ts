import { labelledNote, type Agent } from '@junctor/agent'
import { cutText } from '../cut-text.ts'
import {
  readStartOfFile,
  readWorkspaceFile,
  type ReadStart,
  type WorkspaceFile,
} from './workspace-file.ts'

export interface PromptBuilderOptions {
  /** UTF-16 units taken of the identity's prompt and of each file. Default: 20,000. */
  readonly maxSectionLength?: number
  /** Reads the beginning of a file that was found to be inside the workspace. Default: from disk. */
  readonly readFile?: ReadStart
  /** How long a look at an agent's files is good for, in milliseconds. Default: 0, each prompt looks anew. */
  readonly lookEveryMs?: number
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
}

/** Where the agent speaks. Without a channel no person is sent what it writes. */
export interface PromptPlace {
  readonly channel?: string
  readonly kind?: 'dm' | 'group' | 'channel'
}

export interface PromptBuilder {
  /**
   * The system prompt: who the agent is and where it speaks, what labelled data is, its identity, then AGENTS.md, SOUL.md and USER.md of its own
   * workspace. Files are looked at (see `lookEveryMs`) and read when they changed, so an edit counts from the next turn on.
   * Missing files are left out; a file that may not be used rejects with `RuntimeError` (`PROMPT_FILE_REFUSED`).
   */
  build(agent: Agent, place: PromptPlace): Promise<string>
}

export function createPromptBuilder(options: PromptBuilderOptions = {}): PromptBuilder {
  const {
    maxSectionLength = 20_000,
    readFile: readStart = readStartOfFile,
    lookEveryMs = 0,
    now = Date.now,
  } = options
  // Kept with the agent's value: a changed or removed agent takes its files along.
  const filesOf = new WeakMap<Agent, Map<string, WorkspaceFile>>()

  const fileSection = async (agent: Agent, name: string): Promise<string> => {
    const known = filesOf.get(agent) ?? new Map<string, WorkspaceFile>()
    filesOf.set(agent, known)
    const file = await readWorkspaceFile(agent.workspace, name, known.get(name), {
      maxLength: maxSectionLength,
      readStart,
      now: now(),
    })
    if (file === undefined) known.delete(name)
    else known.set(name, file)
    return file === undefined ? '' : toSection(name, file.text, maxSectionLength, file.size)
  }

  const looks = new WeakMap<Agent, { readonly at: number; readonly files: Promise<string[]> }>()
  const look = (agent: Agent): Promise<string[]> => {
    const last = looks.get(agent)
    if (last !== undefined && now() - last.at < lookEveryMs) return last.files
    const files = Promise.all(fileNames.map((name) => fileSection(agent, name)))
    looks.set(agent, { at: now(), files })
    return files
  }

  return {
    async build(agent, place) {
      const files = await look(agent)
      const identity = toSection('Identity', identityText(agent), maxSectionLength)
      return [preamble(agent, place), identity, ...files].filter((part) => part !== '').join('\n\n')
    },
  }
}

function preamble({ id, name, identity }: Agent, { channel, kind }: PromptPlace): string {
  const where = kind === undefined ? '' : `, in ${kindNames[kind]}`
  const surface =
    channel === undefined
      ? 'No person wrote to you now: what you write goes to whoever sent you the message, as it is.'
      : `You speak on ${channel}${where}. What you write is sent there as it is.`
  return `You are ${identity.name ?? name} (agent id: ${id}). ${surface}\n\n${labelledNote}`
}

function identityText({ identity }: Agent): string {
  const { theme, emoji, prompt } = identity
  return [theme && `Theme: ${theme}`, emoji && `Emoji: ${emoji}`, prompt]
    .filter((line) => line !== undefined && line !== '')
    .join('\n')
}

function toSection(title: string, content: string, maxLength: number, size?: number): string {
  const text = content.trim()
  if (text === '') return ''
  if (content.length <= maxLength) return `# ${title}\n\n${text}`
  const shown = cutText(content, maxLength).trim()
  const whole = size === undefined ? `${content.length} characters` : `${size} bytes`
  return `# ${title}\n\n${shown}\n\n[Cut: ${title} has ${whole}; the first ${maxLength} characters are shown.]`
}

const fileNames = ['AGENTS.md', 'SOUL.md', 'USER.md'] as const
const kindNames = { dm: 'a direct message', group: 'a group', channel: 'a channel' } as const
