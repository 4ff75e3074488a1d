import type { ModelServerStats } from './model-server.ts'
import type { ModelStep } from './step.ts'

/** What a process that runs the server as its child may send it. */
export type ModelServerCommand =
  /** Answer every further request with this step; with `echo`, its text is followed by the person's last text. */
  | { readonly type: 'configure'; readonly step: ModelStep; readonly echo?: boolean }
  | { readonly type: 'stats' }
  | { readonly type: 'stop' }

/** What the child sends back. `ready` comes once, by itself; `configured` and `stats` answer their command. */
export type ModelServerReport =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'configured' }
  | { readonly type: 'stats'; readonly stats: ModelServerStats }
