import type { Session } from '@junctor/store'

/** What an agent answers in a room: what calls it, or everything. */
export type Activation = 'mention' | 'always'

export const ACTIVATIONS: readonly Activation[] = ['mention', 'always']

/** What people chose for one session; it wins over the config's `requireMention`. Undefined: the config decides. */
export function activationOf(
  session: Pick<Session, 'settings'> | undefined,
): Activation | undefined {
  const chosen = session?.settings['activation']
  return ACTIVATIONS.find((activation) => activation === chosen)
}
