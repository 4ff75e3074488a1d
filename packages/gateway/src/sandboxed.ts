import type { Config } from '@junctor/config'
import { parseSessionKey } from '@junctor/session-key'

type SandboxConfig = Config['agents']['list'][number]['sandbox']

/** Whether a session works in a sandbox. `non-main` goes by the session's key: groups and sub-agents do, whatever their agent. */
export function isSandboxed({ mode }: SandboxConfig, sessionKey: string): boolean {
  switch (mode) {
    case 'off':
      return false
    case 'all':
      return true
    case 'non-main':
      return parseSessionKey(sessionKey).kind !== 'main'
  }
}
