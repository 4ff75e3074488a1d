import {
  createBackoff,
  createFlights,
  type ChannelHost,
  type Connection,
  type SendOptions,
  createHealthBoard,
} from '@junctor/channel'
import { createAccountStore, type AccountStore } from './account-store.ts'
import { readAuthFolder } from './auth-folder.ts'
import { loadBaileys, type Baileys } from './baileys.ts'
import type { WhatsAppConfig } from './config.ts'
import { download } from './download.ts'
import { createHistory } from './history.ts'
import { createIntake } from './intake.ts'
import { openJournal } from './journal.ts'
import { createLink } from './link.ts'
import { createLogin } from './login.ts'
import type { Settings } from './options.ts'
import { createReception } from './reception.ts'
import { createSender } from './send.ts'
import { openStream, type Stream } from './stream.ts'

/** Connect one account. While no phone has linked it, it waits for one and says so. */
export async function openAccount(
  config: WhatsAppConfig,
  host: ChannelHost,
  settings: Settings,
): Promise<Connection> {
  const baileys = await loadBaileys()
  const stopped = new AbortController()
  const receiving = AbortSignal.any([host.signal, stopped.signal])
  const health = createHealthBoard(host)
  const storeBackoff = createBackoff(settings)

  const journal = await openJournal({
    vault: host.vault,
    async onFailure(error) {
      host.log.warn({ error: String(error) }, 'WhatsApp keys could not be stored')
      health.storing(false)
      await storeBackoff.pause(stopped.signal)
      if (stopped.signal.aborted) throw error
    },
  })
  const store = createAccountStore(journal, baileys)
  const history = createHistory(journal, baileys)
  await adoptLogin(config, store, baileys)
  const backoff = createBackoff(settings)
  const intake = createIntake({ host, store, health, backoff, signal: receiving })
  // What a crash left goes first; nothing else is handed over before it.
  intake.handOver(store.held()).catch(() => {})

  const link = createLink({
    baileys,
    host,
    store,
    health,
    settings,
    signal: receiving,
    onQr: createLogin({ phoneNumber: config.phoneNumber, health, log: host.log }),
    connect(credentials, onQr) {
      let stream: Stream | undefined
      const isAdmin = async (group: string, author: string): Promise<boolean> =>
        (await stream?.groups.isAdmin(group, author)) ?? false
      const common = { baileys, store, history, credentials }
      const reception = createReception({ ...common, host, intake, isAdmin })
      stream = openStream({ ...common, reception, settings, log: host.log, onQr })
      return stream
    },
  })

  const flights = createFlights('whatsapp')
  const close = async (signal: AbortSignal): Promise<void> => {
    await flights.land(signal)
    const ended = link.close()
    stopped.abort()
    await ended
    await untilAborted(intake.idle(), signal)
    await journal.flush().catch(() => {})
  }
  host.signal.addEventListener('abort', () => void link.close(), { once: true })
  try {
    await link.open()
  } catch (error) {
    await close(AbortSignal.abort())
    throw error
  }

  const { fetch } = host
  return {
    ...createSender({ baileys, link, history, settings, fetch, run: flights.run }),
    download: (ref: string, { signal }: Pick<SendOptions, 'signal'>) =>
      flights.run(signal, (joined) => download(ref, { baileys, link, settings, fetch }, joined)),
    close: ({ signal }) => close(signal),
  }
}

/** Once for each folder: the keys move on here, so what the folder says is soon out of date. */
async function adoptLogin(
  { authDir }: WhatsAppConfig,
  store: AccountStore,
  baileys: Baileys,
): Promise<void> {
  if (authDir === undefined || store.credentials() || store.adoptedFrom() === authDir) return
  await store.adopt(await readAuthFolder(authDir, baileys), authDir)
}

/** Resolves with the work, or when nobody waits for it any more. */
function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
    void work.finally(resolve)
  })
}
