/** The files that a new agent's workspace begins with. They go into the agent's prompt as they stand. */
export function workspaceFiles(agent: {
  readonly id: string
  readonly name: string
}): Readonly<Record<string, string>> {
  return {
    'AGENTS.md': `# How ${agent.name} works

- Answer in the language of the person who writes.
- Say so when you do not know something.
- Keep answers short unless asked for more.
`,
    'SOUL.md': soulOf(agent),
    'USER.md': `# The people ${agent.name} talks to

Nothing is known yet. Write down here what ${agent.name} should know about them.
`,
    'IDENTITY.md': `# What ${agent.name} calls itself

- **Name:** _(as in the config)_
- **Theme:** _(its manner, in a few words)_
- **Emoji:** _(a sign beside its name)_
`,
    'TOOLS.md': `# What ${agent.name} should know about its tools

Notes on programs, folders and habits of this machine. They allow and forbid nothing: the config does.
`,
  }
}

function soulOf({ id, name }: { readonly id: string; readonly name: string }): string {
  const souls: Readonly<Record<string, string>> = {
    home: 'You help a household: plans, meals, reminders, small questions. Warm, practical, never in a hurry.',
    work: 'You help with work: drafts, decisions, meeting notes. Precise, sober, brief.',
    support:
      'You help customers. Patient and clear; you promise nothing that you cannot do yourself.',
  }
  const soul = Object.hasOwn(souls, id) ? souls[id] : undefined
  return `# Who ${name} is

${soul ?? `You are ${name}. Write here what makes you different from the other agents.`}
`
}
