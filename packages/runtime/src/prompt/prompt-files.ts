/** In which kind of session an agent speaks, as far as its prompt goes. */
export type PromptSession = 'main' | 'shared' | 'subagent'

/** In the order of the prompt, each with the sessions whose prompts it enters. */
const files: readonly (readonly [name: string, sessions: readonly PromptSession[]])[] = [
  ['AGENTS.md', ['main', 'shared', 'subagent']],
  ['SOUL.md', ['main', 'shared']],
  ['IDENTITY.md', ['main', 'shared']],
  ['USER.md', ['main', 'shared']],
  ['TOOLS.md', ['main', 'shared', 'subagent']],
  ['BOOTSTRAP.md', ['main', 'shared']],
  // What the agent keeps of its own people is not for whoever else it talks to.
  ['MEMORY.md', ['main']],
]

export function promptFilesOf(session: PromptSession): readonly string[] {
  return files.filter(([, sessions]) => sessions.includes(session)).map(([name]) => name)
}
