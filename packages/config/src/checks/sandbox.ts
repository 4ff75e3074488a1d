import { quote } from '../schema/reader.ts'
import type { CheckContext } from './check.ts'

/** What is written of sandboxes and has no effect, or another one than it seems. */
export function checkSandboxes({ config, input, report, at }: CheckContext): void {
  for (const [index, { id, sandbox, runtime }] of config.agents.list.entries()) {
    const own = ['agents', 'list', index, 'sandbox']
    if (runtime.isolation === 'process' && sandbox.mode !== 'off' && sandbox.scope === 'shared')
      report.error(
        at(own),
        'INVALID_VALUE',
        `${quote(id)} runs in a process of its own, and a container that agents share belongs to none of them`,
        'give the agent a container of its own with scope: "agent"',
      )
    if (sandbox.scope !== 'shared' || input.agents?.list?.[index]?.sandbox?.docker === undefined)
      continue
    report.warning(
      at([...own, 'docker']),
      'NO_EFFECT',
      `the container is shared, and is made as agents.defaults.sandbox.docker says: what ${quote(id)} asks for has no effect`,
      'give the agent a container of its own with scope: "agent"',
    )
  }
}
