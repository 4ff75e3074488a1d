import { labelledNote, type Agent } from '@junctor/agent'
import { cutText } from '../cut-text.ts'
import { parseIdentity } from './identity-file.ts'
import { promptFilesOf, type PromptSession } from './prompt-files.ts'
import {
  fileSections,
  toSection,
  type NamedFile,
  type PromptCut,
  type PromptLimits,
} from './sections.ts'
import {
  readStartOfFile,
  readWorkspaceFile,
  type ReadStart,
  type WorkspaceFile,
} from './workspace-file.ts'

export interface PromptBuilderOptions {
  /** Reads the beginning of a file that was found to be inside the workspace. Default: from disk. */
  readonly readFile?: ReadStart
  /** How long a look at an agent's files is good for, in milliseconds. Default: 0, each prompt looks anew. */
  readonly lookEveryMs?: number
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
}

/** Where the agent speaks, and what its prompt may hold. Without a channel no person is sent what it writes. */
export interface PromptPlace {
  readonly channel?: string
  readonly kind?: 'dm' | 'group' | 'channel'
  /** `main` alone sees MEMORY.md; a `subagent` sees AGENTS.md and TOOLS.md only. Default: `shared`. */
  readonly session?: PromptSession
  readonly limits?: PromptLimits
}

export interface Prompt {
  readonly text: string
  /** What of the workspace's files is not in it. */
  readonly cuts: readonly PromptCut[]
}

export interface PromptBuilder {
  /**
   * The system prompt: who the agent is and where it speaks, what labelled data is, its identity, then AGENTS.md, SOUL.md,
   * IDENTITY.md, USER.md, TOOLS.md, BOOTSTRAP.md and MEMORY.md of its own workspace. Files are looked at (see `lookEveryMs`)
   * and read when they changed, so an edit counts from the next turn on. Missing files are left out; a file that may not be used (a link out of
   * the workspace, a pipe, text that is not UTF-8) rejects with `RuntimeError` (`PROMPT_FILE_REFUSED`).
   */
  build(agent: Agent, place: PromptPlace): Promise<Prompt>
}

export function createPromptBuilder(options: PromptBuilderOptions = {}): PromptBuilder {
  const { readFile: readStart = readStartOfFile, lookEveryMs = 0, now = Date.now } = options
  // Kept with the agent's value: a changed or removed agent takes its files along.
  const filesOf = new WeakMap<Agent, Map<string, WorkspaceFile>>()

  const read = async (agent: Agent, name: string, maxLength: number): Promise<NamedFile> => {
    const known = filesOf.get(agent) ?? new Map<string, WorkspaceFile>()
    filesOf.set(agent, known)
    const key = `${name} ${maxLength}`
    const file = await readWorkspaceFile(agent.workspace, name, known.get(key), {
      maxLength,
      readStart,
      now: now(),
    })
    if (file === undefined) known.delete(key)
    else known.set(key, file)
    return { name, file }
  }

  const looks = new WeakMap<Agent, Map<string, Look>>()
  const look = (agent: Agent, session: PromptSession, limits: Required<PromptLimits>): Look => {
    const ofAgent = looks.get(agent) ?? new Map<string, Look>()
    looks.set(agent, ofAgent)
    const key = `${session} ${limits.maxFileLength} ${limits.maxTotalLength}`
    const last = ofAgent.get(key)
    if (last !== undefined && now() - last.at < lookEveryMs) return last
    const names = promptFilesOf(session)
    const rendered = Promise.all(names.map((name) => read(agent, name, limits.maxFileLength))).then(
      async (files) => {
        // Large files are put together once, not for every prompt.
        const before = await last?.rendered.catch(() => undefined)
        return before !== undefined && isSame(before.files, files) ? before : render(files, limits)
      },
    )
    const found = { at: now(), rendered }
    ofAgent.set(key, found)
    return found
  }

  return {
    async build(agent, place) {
      const { session = 'shared', limits = {} } = place
      const { maxFileLength = 20_000, maxTotalLength = 60_000 } = limits
      const rendered = await look(agent, session, { maxFileLength, maxTotalLength }).rendered
      const beginning = [
        preamble(agent, place, rendered.calledName),
        labelledNote,
        identitySection(agent, maxFileLength),
      ].filter((part) => part !== '')
      return { text: `${beginning.join('\n\n')}${rendered.text}`, cuts: rendered.cuts }
    },
  }
}

interface Look {
  readonly at: number
  readonly rendered: Promise<Rendered>
}

interface Rendered {
  readonly files: readonly NamedFile[]
  readonly text: string
  readonly cuts: readonly PromptCut[]
  /** What the agent calls itself in IDENTITY.md. */
  readonly calledName: string | undefined
}

function render(files: readonly NamedFile[], limits: Required<PromptLimits>): Rendered {
  const { sections, cuts } = fileSections(files, limits)
  const identity = files.find(({ name }) => name === 'IDENTITY.md')?.file?.text ?? ''
  const text = sections.map((section) => `\n\n${section}`).join('')
  return { files, text, cuts, calledName: parseIdentity(identity).name }
}

/** Unchanged files are the very same objects. */
function isSame(before: readonly NamedFile[], after: readonly NamedFile[]): boolean {
  return after.every(({ file }, index) => file === before[index]?.file)
}

function preamble(
  { id, name, identity }: Agent,
  { channel, kind }: PromptPlace,
  calledName: string | undefined,
): string {
  const where = kind === undefined ? '' : `, in ${kindNames[kind]}`
  const surface =
    channel === undefined
      ? 'No person wrote to you now: what you write goes to whoever sent you the message, as it is.'
      : `You speak on ${channel}${where}. What you write is sent there as it is.`
  return `You are ${identity.name ?? calledName ?? name} (agent id: ${id}). ${surface}`
}

function identitySection({ identity }: Agent, maxLength: number): string {
  const { theme, emoji, prompt } = identity
  const text = [theme && `Theme: ${theme}`, emoji && `Emoji: ${emoji}`, prompt]
    .filter((line) => line !== undefined && line !== '')
    .join('\n')
    .trim()
  if (text.length <= maxLength) return toSection('Identity', text)
  const shown = cutText(text, maxLength).trim()
  const marker = `[Cut: Identity has ${text.length} characters; the first ${shown.length} are shown.]`
  return toSection('Identity', `${shown}\n\n${marker}`)
}

const kindNames = { dm: 'a direct message', group: 'a group', channel: 'a channel' } as const
