import type { SandboxConfig } from '../config.ts'
import type { SandboxInput } from '../schema/sandbox.ts'
import { defaultSandbox } from './default-values.ts'

/** An agent's sandbox over that of `agents.defaults`. Objects merge, lists replace, but the folders of both are mounted. */
export function mergeSandbox(base: SandboxInput = {}, own: SandboxInput = {}): SandboxConfig {
  const scope = own.scope ?? base.scope ?? defaultSandbox.scope
  // A container that agents share is nobody's to change.
  if (scope === 'shared') return { ...defaultSandbox, ...base, ...own, docker: { ...base.docker } }
  const env = { ...base.docker?.env, ...own.docker?.env }
  const binds = [...(base.docker?.binds ?? []), ...(own.docker?.binds ?? [])]
  return {
    ...defaultSandbox,
    ...base,
    ...own,
    docker: {
      ...base.docker,
      ...own.docker,
      ...(Object.keys(env).length === 0 ? {} : { env }),
      ...(binds.length === 0 ? {} : { binds }),
    },
  }
}
