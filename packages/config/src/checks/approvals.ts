import type { CheckContext } from './check.ts'

/** Calls that wait for a person's word, and nobody who could give it. */
export function checkApprovals({ config, input, report, at }: CheckContext): void {
  const named = (approvers: Readonly<Record<string, readonly string[]>> = {}): boolean =>
    Object.values(approvers).some((senders) => senders.length > 0)
  for (const [index, { tools, permissions }] of config.agents.list.entries()) {
    if (named(tools.approvers ?? config.tools.approvers)) continue
    const lists = [
      { path: ['tools'], tools: config.tools.requireApproval ?? [] },
      { path: ['agents', 'list', index, 'tools'], tools: tools.requireApproval ?? [] },
      { path: ['agents', 'list', index, 'permissions'], tools: permissions.requireApproval },
    ]
    const asked = lists.find((list) => list.tools.length > 0)
    if (asked === undefined) continue
    report.warning(
      at([...asked.path, 'requireApproval']),
      'NOBODY_ALLOWED',
      'nobody could approve these calls, so they are all denied',
      'name people in tools.approvers, such as { telegram: ["123"], web: ["owner"] }',
    )
    // What holds for all is told once.
    if (asked.path.length === 1 || input.agents?.list === undefined) return
  }
}
