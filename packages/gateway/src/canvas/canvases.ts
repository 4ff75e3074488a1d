import type { Store } from '@junctor/store'
import { fieldOf, textOf } from '../envelopes.ts'

/** What an agent shows beside the conversation of one session. */
export interface Canvas {
  readonly agentId: string
  readonly sessionKey: string
  readonly title: string
  /** A whole page, of the agent's own making: never to be shown but without any rights. */
  readonly html: string
  /** Milliseconds since 1970. */
  readonly updatedAt: number
}

export type CanvasFacts = Omit<Canvas, 'html'>

/** The canvases of all sessions. Durable; a session has one at most. */
export interface Canvases {
  get(agentId: string, sessionKey: string): Promise<Canvas | undefined>
  put(canvas: Canvas): Promise<void>
  /** Answers whether there was one. */
  remove(agentId: string, sessionKey: string): Promise<boolean>
  /** The newest first. */
  list(): Promise<readonly CanvasFacts[]>
  /** An agent's store goes. */
  forget(agentId: string): Promise<void>
}

/**
 * What is shown stands in the agent's own store and goes with it. Which sessions have something stands in the gateway's, so
 * that nobody has to look through the stores of all agents.
 */
export function createCanvases(store: Store): Canvases {
  const index = store.gateway.table('canvases')
  const shownBy = (agentId: string) => store.agent(agentId).table('canvas')
  const keyOf = (agentId: string, sessionKey: string): string => `${agentId} ${sessionKey}`

  const get: Canvases['get'] = async (agentId, sessionKey) => {
    const entry = await shownBy(agentId).get(sessionKey)
    if (entry === undefined) return undefined
    const { value } = entry
    return {
      agentId,
      sessionKey,
      title: textOf(value, 'title'),
      html: textOf(value, 'html'),
      updatedAt: Number(fieldOf(value, 'updatedAt')),
    }
  }

  return {
    get,
    async put({ agentId, sessionKey, title, html, updatedAt }) {
      await shownBy(agentId).put(sessionKey, { title, html, updatedAt })
      await index.put(keyOf(agentId, sessionKey), { title, updatedAt })
    },
    async remove(agentId, sessionKey) {
      await index.remove(keyOf(agentId, sessionKey))
      return shownBy(agentId).remove(sessionKey)
    },
    async forget(agentId) {
      for (const key of await index.list(keyOf(agentId, ''))) await index.remove(key)
    },
    async list() {
      const found = await Promise.all(
        (await index.list()).map(async (key): Promise<readonly CanvasFacts[]> => {
          const entry = await index.get(key)
          if (entry === undefined) return []
          const [agentId = '', ...rest] = key.split(' ')
          return [
            {
              agentId,
              sessionKey: rest.join(' '),
              title: textOf(entry.value, 'title'),
              updatedAt: Number(fieldOf(entry.value, 'updatedAt')),
            },
          ]
        }),
      )
      return found.flat().sort((a, b) => b.updatedAt - a.updatedAt)
    },
  }
}
