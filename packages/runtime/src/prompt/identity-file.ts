import type { AgentIdentity } from '@junctor/agent'

export type FileIdentity = Omit<AgentIdentity, 'prompt'>

const keys: Readonly<Record<string, keyof FileIdentity>> = {
  name: 'name',
  theme: 'theme',
  vibe: 'theme',
  creature: 'theme',
  emoji: 'emoji',
  avatar: 'avatar',
}

/** Reads an IDENTITY.md: lines such as `- **Name:** Ada`. Of a key that stands twice the first counts; blanks are none. */
export function parseIdentity(text: string): FileIdentity {
  const identity: { -readonly [Key in keyof FileIdentity]: string } = {}
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', value = ''] =
      /^\s*(?:[-*+]\s+)?[*_]*(\w+)[*_]*\s*:\s*(.*)$/.exec(line) ?? []
    const key = Object.hasOwn(keys, name.toLowerCase()) ? keys[name.toLowerCase()] : undefined
    const content = value.replaceAll(/^[*_\s]+|[*_\s]+$/g, '')
    // A template that nobody filled in: `_(pick something)_`.
    if (key === undefined || content === '' || /^\(.*\)$/.test(content)) continue
    identity[key] ??= content
  }
  return identity
}
