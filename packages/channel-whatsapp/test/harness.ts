import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address } from '@junctor/channel'
import { whatsapp, type WhatsAppConfig } from '@junctor/channel-whatsapp'
import type { ChannelHarness, HarnessOperation } from '@junctor/testkit/channel-suite'
import { createWhatsAppServer } from '@junctor/testkit/whatsapp'

export const NUMBER = '15550001111'
export const PERSON = '15552220001'
const LOCKED = '15550009999'

const stanzas: Readonly<Record<HarnessOperation, string>> = {
  open: 'login',
  receive: 'deliver',
  send: 'send',
  edit: 'edit',
  remove: 'remove',
  react: 'react',
  typing: 'typing',
  download: 'download',
}

export const quickTiming = {
  firstBackoffMs: 5,
  maxBackoffMs: 20,
  conflictPauseMs: 5,
  ackTimeoutMs: 5000,
  queryTimeoutMs: 5000,
} as const

/** Baileys against a WhatsApp server of our own, with an account that was linked before. The conversation is a direct one. */
export async function whatsAppHarness(): Promise<ChannelHarness<WhatsAppConfig>> {
  const accounts = [{ number: NUMBER }, { number: LOCKED }]
  const server = await createWhatsAppServer({ accounts })
  const folder = await mkdtemp(join(tmpdir(), 'junctor-whatsapp-'))
  const authDir = join(folder, 'linked')
  const lockedDir = join(folder, 'locked')
  const account = server.account(NUMBER)
  account.addPerson({ number: PERSON })
  await account.writeAuthFolder(authDir)
  await server.account(LOCKED).writeAuthFolder(lockedDir)
  server.account(LOCKED).refuseLogins(403)
  const address: Address = {
    channel: 'whatsapp',
    accountId: 'default',
    peer: { kind: 'dm', id: `+${PERSON}` },
  }
  return {
    channel: whatsapp({
      ...quickTiming,
      server: { webSocketUrl: server.url, mediaUrl: server.mediaUrl },
    }),
    config: { authDir },
    refusedConfig: { authDir: lockedDir },
    accountId: 'default',
    address,
    secrets: await secretsIn(authDir),
    say: ({ text, self, replyTo, file }) =>
      account.say({
        chat: PERSON,
        text,
        ...(self ? { from: 'self' } : {}),
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(file ? { file: { ...file, kind: 'document' } } : {}),
      }),
    shown: () =>
      account.messages(PERSON).map(({ id, text, replyTo, reactions, file }) => ({
        id,
        text,
        replyTo,
        reactions,
        files: file ? 1 : 0,
      })),
    acknowledged: () => account.acknowledged(),
    countCalls: (operation) => account.countCalls(stanzas[operation]),
    fault: (operation, effect, times = 1) =>
      (operation === 'download' ? server : account).faults.add({
        ...effect,
        on: stanzas[operation],
        times,
      }),
    waitFor: server.waitFor,
    async stop() {
      await server.stop()
      // By the time a new connection is refused, the client has seen its old one closed.
      await fetch(server.mediaUrl).catch(() => {})
    },
    restart: server.restart,
    async dispose() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The private keys of a login, as they stand in its file. */
async function secretsIn(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'creds.json'), 'utf8')
  const keys = [...text.matchAll(/"private":\{"type":"Buffer","data":"([^"]+)"/g)]
  const secret = /"advSecretKey":"([^"]+)"/.exec(text)
  return [...keys, ...(secret ? [secret] : [])].map(([, value]) => value ?? '')
}
