import {
  ChannelError,
  type ChannelHost,
  type Connection,
  type Envelope,
  type SendOptions,
  createHealthBoard,
} from '@junctor/channel'
import type { AccountFacts } from './account-facts.ts'
import { createCatchUp } from './catch-up.ts'
import type { SlackConfig } from './config.ts'
import { openCursors } from './cursors.ts'
import { createDirectory } from './directory.ts'
import { openFile } from './download.ts'
import { createReader } from './envelopes.ts'
import { createHttpMode } from './http-mode.ts'
import { createIntake } from './intake.ts'
import type { Timing } from './options.ts'
import { conversationOf, eventOf, idOf, isFields, textField, type Payload } from './payload.ts'
import { createPeople } from './people.ts'
import { keepPulse } from './pulse.ts'
import { createSender } from './send.ts'
import type { Siblings } from './siblings.ts'
import { startSocketMode } from './socket-mode.ts'
import { createStreams } from './streams.ts'
import { createApi, type Api } from './web-api.ts'

export interface AccountOptions {
  readonly timing: Timing
  readonly siblings: Siblings
}

/** Connect one app in one workspace. */
export async function openAccount(
  config: SlackConfig,
  host: ChannelHost,
  { timing, siblings }: AccountOptions,
): Promise<Connection> {
  const api = createApi({ config, host, timing })
  const facts = await identify(api, host)
  const cursors = await openCursors(host)
  const stopped = new AbortController()
  const receiving = AbortSignal.any([host.signal, stopped.signal])
  const health = createHealthBoard(host)
  const directory = createDirectory(api)
  for (const { conversation, place } of cursors.all()) directory.learn(conversation, place)
  const people = createPeople(api, host, timing)
  const streams = createStreams({
    api,
    directory,
    teamOf: (id) => people.teamOf(id) ?? facts.teamId,
  })
  const reader = createReader({ facts, directory, people, now: timing.now, signal: receiving })
  // What comes before `open` has resolved would find an account that cannot answer yet.
  const opened = Promise.withResolvers<void>()
  const intake = createIntake({ host, timing, health, ready: opened.promise, signal: receiving })

  const store = async (payload: Payload): Promise<void> => {
    for (const envelope of await read(payload)) {
      await host.receive(envelope)
      noteCursor(payload, envelope)
    }
  }

  const read = (payload: Payload): Promise<readonly Envelope[]> =>
    reader.read(payload).catch((error: unknown) => {
      if (ChannelError.isInstance(error)) throw error
      host.log.error({ id: idOf(payload), error }, 'Slack event skipped: unreadable')
      return []
    })

  const noteCursor = (payload: Payload, envelope: Envelope): void => {
    const conversation = conversationOf(payload)
    const place = directory.placeOf(conversation)
    const event = eventOf(payload)
    if (envelope.type !== 'message' || place === undefined || event === undefined) return
    cursors.note({ conversation, place, ts: envelope.nativeId, thread: envelope.threadId })
  }

  const accept = (payload: Payload): Promise<void> =>
    intake.offer({
      conversation: conversationOf(payload),
      id: idOf(payload),
      run: () => store(payload),
    })

  /** One app may serve several workspaces: what is for another one goes to its account. */
  const route = (payload: Payload): Promise<void> => {
    const teams = teamsOf(payload)
    if (teams.length === 0 || teams.includes(facts.teamId)) return accept(payload)
    const sibling = teams.map(siblings.find).find((found) => found !== undefined)
    if (sibling !== undefined) return sibling(payload)
    host.log.warn({ teams }, 'Slack event of a workspace that no open account belongs to')
    return Promise.reject(new Error('No open account belongs to this workspace.'))
  }

  const catchUp = createCatchUp({ api, host, timing, cursors, intake, store, signal: receiving })
  const leave = siblings.join(facts.teamId, accept)
  let isFirst = true
  const onHello = (cutOffMs: number): void => {
    if (isFirst || cutOffMs >= timing.catchUpAfterMs) catchUp()
    isFirst = false
  }

  const { appToken, signingSecret } = config
  const socket =
    appToken === undefined
      ? undefined
      : await startSocketMode({
          config: { ...config, appToken },
          host,
          health,
          timing,
          onHello,
          accept: route,
          signal: receiving,
        }).catch((error: unknown) => {
          stopped.abort()
          leave()
          throw asOpenError(error, 'appToken')
        })
  if (socket === undefined) {
    onHello(0)
    health.set('connection', { state: 'online' })
  }
  health.set('credentials', { state: 'online' })
  const pulse = keepPulse({ api, timing, health, signal: receiving })
  setImmediate(opened.resolve)

  return {
    ...createSender({ api, directory, botUserId: facts.botUserId, streams }),
    stream: streams.methods,
    download: (ref: string, { signal }: Pick<SendOptions, 'signal'>) => openFile(api, ref, signal),
    ...(signingSecret === undefined
      ? {}
      : {
          handleRequest: createHttpMode({
            signingSecret,
            host,
            timing,
            accept: route,
            signal: receiving,
          }),
        }),
    async close({ signal }) {
      stopped.abort()
      leave()
      const landed = api.land(signal)
      await untilAborted(Promise.all([socket?.ended, pulse, intake.ended()]), signal)
      await cursors.flush()
      await landed
    },
  }
}

async function identify(api: Api, host: ChannelHost): Promise<AccountFacts> {
  try {
    const {
      team_id: teamId,
      user_id: botUserId,
      bot_id: botId,
    } = await api.call('auth.test', host.signal, (client) => client.auth.test())
    if (!teamId || !botUserId) throw new TypeError('auth.test answered without ids')
    return { accountId: host.accountId, teamId, botUserId, botId }
  } catch (error) {
    throw asOpenError(error, 'botToken')
  }
}

/** Nothing that `open` calls has an effect worth fearing: no answer means "try again". */
function asOpenError(error: unknown, setting: 'botToken' | 'appToken'): unknown {
  if (!ChannelError.isInstance(error)) return error
  if (error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN') {
    const message = `Slack refuses the ${setting}; set the one that the app's settings show. ${error.message}`
    return new ChannelError('slack', 'UNAUTHORIZED', message, { cause: error })
  }
  if (error.code !== 'UNKNOWN') return error
  return new ChannelError('slack', 'UNAVAILABLE', error.message, { cause: error.cause })
}

/** The workspaces that a payload is for; none where Slack does not say. */
function teamsOf({ body }: Payload): readonly string[] {
  const authorizations = Array.isArray(body['authorizations']) ? body['authorizations'] : []
  // An app that an organisation has installed speaks for all of its workspaces.
  if (authorizations.some((one) => isFields(one) && one['is_enterprise_install'] === true))
    return []
  const teams = authorizations.flatMap((one) =>
    isFields(one) && typeof one['team_id'] === 'string' ? [one['team_id']] : [],
  )
  const team = textField(body, 'team_id')
  return teams.length > 0 || team === undefined ? teams : [team]
}

async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    void work.finally(done)
  })
}
