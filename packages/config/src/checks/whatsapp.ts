import type { Path } from '../report.ts'
import { quote } from '../schema/reader.ts'
import { accountPath, join, type CheckContext } from './check.ts'

/** Ids are compared exactly, and people are called by their number here: `+15550001111`. */
export function checkWhatsApp(context: CheckContext): void {
  const { config, input } = context
  for (const [accountId, account] of Object.entries(config.channels['whatsapp'] ?? {})) {
    if (!account.enabled) continue
    const path = accountPath(input, 'whatsapp', accountId)
    for (const list of ['allowFrom', 'groupAllowFrom'] as const)
      for (const [index, id] of account[list].entries())
        if (id !== '*') checkPerson(id, [...path, list, index], context)
    for (const id of Object.keys(account.groups))
      if (id !== '*') checkGroup(id, [...path, 'groups', id], context)
  }
  for (const [index, { match }] of config.bindings.entries()) {
    if (match.channel !== 'whatsapp' || match.peer === undefined) continue
    const path = ['bindings', index, 'match', 'peer', 'id']
    if (match.peer.kind === 'dm') checkPerson(match.peer.id, path, context)
    else checkGroup(match.peer.id, path, context)
  }
  checkSharedFolders(context)
}

function checkPerson(id: string, path: Path, { report, at }: CheckContext): void {
  if (/^\+\d{7,15}$/.test(id) || /^\d+@lid$/.test(id)) return
  // The spellings of other systems: a bare number, an address, a prefix.
  const digits = /^(?:whatsapp:)?\+?(\d{7,15})(?:@(?:s\.whatsapp\.net|c\.us))?$/.exec(
    id.replaceAll(/[\s()-]/g, ''),
  )?.[1]
  report.warning(
    at(path),
    'NO_EFFECT',
    `nobody on WhatsApp has the id ${quote(id)}`,
    digits === undefined
      ? 'write the number with its country code, such as "+15550001111"'
      : `write "+${digits}"`,
  )
}

function checkGroup(id: string, path: Path, { report, at }: CheckContext): void {
  if (/^[\d-]+@g\.us$/.test(id)) return
  report.warning(
    at(path),
    'NO_EFFECT',
    `no group on WhatsApp has the id ${quote(id)}`,
    'write the whole id, such as "120363000000000001@g.us"',
  )
}

/** Two clients with one login push each other out. */
function checkSharedFolders({ config, report, at, canonicalPath }: CheckContext): void {
  const owners = new Map<string, string[]>()
  for (const [accountId, { enabled, settings }] of Object.entries(
    config.channels['whatsapp'] ?? {},
  )) {
    const folder = settings['authDir']
    if (!enabled || typeof folder !== 'string') continue
    const key = canonicalPath(folder)
    owners.set(key, [...(owners.get(key) ?? []), accountId])
  }
  for (const accountIds of owners.values()) {
    if (accountIds.length < 2) continue
    report.error(
      at(['channels', 'whatsapp', 'accounts', accountIds[1] ?? '']),
      'DUPLICATE_SECRET',
      `the accounts ${join(accountIds.map(quote))} have one authDir`,
      'give each its own: one login serves one connection',
    )
  }
}
