import { composeConfig, createRegistrationBook } from '@junctor/gateway'
import { JunctorError } from '@junctor/errors'
import type { CliContext } from '../context.ts'
import { withReadOnlyStore } from '../read-store.ts'
import { checkSeenConversations } from './conversations.ts'
import type { Finding, World } from './finding.ts'

/** Databases that can be read and are of this version, and what stands in them that the config does not go together with. */
export async function checkStore(world: World, context: CliContext): Promise<readonly Finding[]> {
  try {
    return await withReadOnlyStore(context, async (store) => {
      // Reading opens every database, so one that is damaged or of another version says so.
      const agents = await store.agents()
      const kept = await createRegistrationBook(store).read()
      for (const id of agents) await store.agent(id).counts()
      const readable: Finding = {
        severity: 'ok',
        code: 'STORE',
        subject: 'store',
        message: `readable, ${agents.length} ${agents.length === 1 ? 'agent has' : 'agents have'} stored something`,
      }
      const { registrations } = composeConfig(world.config, kept, Date.now())
      const aside = registrations.flatMap((each): readonly Finding[] =>
        each.state !== 'set-aside'
          ? []
          : [
              {
                severity: 'warning',
                code: 'SET_ASIDE',
                subject: `runtime ${each.kind} ${each.id}`,
                message: `is set aside: ${each.reason}`,
                hint: 'change the config so that it fits, or take it away',
              },
            ],
      )
      return [readable, ...aside, ...(await checkSeenConversations(world, store))]
    })
  } catch (error) {
    if (!JunctorError.isInstance(error)) throw error
    const { message } = error
    return [{ severity: 'error', code: 'STORE', subject: 'store', message }]
  }
}
