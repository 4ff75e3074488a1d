import type { AccountState, Group } from './account-state.ts'
import { deviceAt, peerAt } from './account-state.ts'
import type { Stanza } from './baileys.ts'
import { storeUpload } from './device.ts'
import type { Peer } from './peer.ts'
import { SERVER, childOf, childrenOf, stanza } from './stanza.ts'

/** What a client asks for, and the answer; undefined when the answer is an error. */
type Query = (account: AccountState, query: Stanza) => Promise<Answer> | Answer
type Answer = readonly Stanza[] | { readonly code: number; readonly text: string }

const queries: Readonly<Record<string, Query>> = {
  encrypt: answerKeys,
  usync: answerUsers,
  'w:g2': answerGroup,
  'w:m': answerMediaHosts,
  abt: () => [stanza('props', { hash: 'none' }, [])],
  blocklist: () => [stanza('list', {}, [])],
  privacy: (_account, { attrs }) =>
    attrs['type'] === 'set'
      ? [stanza('tokens', {}, [])]
      : [stanza('privacy', {}, [stanza('category', { name: 'readreceipts', value: 'all' })])],
  'w:sync:app:state': (_account, query) => {
    const sync = childOf(query)
    const collections = sync ? childrenOf(sync, 'collection') : []
    return [
      stanza(
        'sync',
        {},
        collections.map(({ attrs }) =>
          stanza('collection', { name: attrs['name'], version: '0', type: 'result' }, []),
        ),
      ),
    ]
  },
}

/** Answers an `iq`. Those whose answer nobody reads get an empty one. */
export async function answerQuery(account: AccountState, query: Stanza): Promise<Stanza> {
  const answer = (await queries[query.attrs['xmlns'] ?? '']?.(account, query)) ?? []
  const from = query.attrs['to']?.endsWith('@g.us') ? query.attrs['to'] : SERVER
  const { id } = query.attrs
  if ('code' in answer) {
    const { code, text } = answer
    return stanza('iq', { from, type: 'error', id }, [
      stanza('error', { code: String(code), text }),
    ])
  }
  return stanza('iq', { from, type: 'result', id }, [...answer])
}

async function answerKeys(account: AccountState, query: Stanza): Promise<Answer> {
  const { device, baileys } = account
  const [asked] = childrenOf(query)
  if (asked?.tag === 'count') {
    return [stanza('count', { value: String(device?.preKeys.length ?? 0) })]
  }
  if (asked?.tag === 'digest') return [stanza('digest', {}, [])]
  if (asked?.tag === 'key') {
    const users = childrenOf(asked, 'user').map(async ({ attrs: { jid = '' } }) => {
      const peer = deviceAt(account, jid)
      return peer
        ? stanza('user', { jid }, [...(await peer.bundle())])
        : stanza('user', { jid }, [stanza('error', { code: '404', text: 'item-not-found' })])
    })
    return [stanza('list', {}, await Promise.all(users))]
  }
  if (query.attrs['type'] === 'set' && device && childOf(query, 'identity')) {
    storeUpload(device, query, baileys)
    account.changed()
  }
  return []
}

/** Who has WhatsApp, under which address, on which devices. */
function answerUsers(account: AccountState, query: Stanza): Answer {
  const usync = childOf(query, 'usync')
  const list = usync && childOf(usync, 'list')
  const users = (list ? childrenOf(list, 'user') : []).map((user) => {
    const phone = childOf(user, 'contact')?.content
    const digits = phone === undefined || Array.isArray(phone) ? '' : String(phone)
    const jid = user.attrs['jid'] ?? `${digits.replaceAll(/\D/g, '')}${SERVER}`
    const peer = peerAt(account, jid)
    if (!peer) return stanza('user', { jid }, [stanza('contact', { type: 'out' })])
    return stanza('user', { jid }, [
      stanza('devices', {}, [stanza('device-list', {}, [...devicesOf(account, peer)])]),
      stanza('lid', { val: peer.lid }),
      stanza('contact', { type: 'in' }),
    ])
  })
  return [stanza('usync', {}, [stanza('result'), stanza('list', {}, users)])]
}

function devicesOf({ phone, device, companions }: AccountState, peer: Peer): readonly Stanza[] {
  const linked = [...companions.keys()].flatMap((key) => {
    const [number, id] = key.split(':')
    return number === peer.number && id !== undefined ? [id] : []
  })
  if (peer === phone && device) linked.push(String(device.id))
  return [
    stanza('device', { id: '0' }),
    ...linked.map((id) => stanza('device', { id, 'key-index': '1' })),
  ]
}

function answerGroup(account: AccountState, query: Stanza): Answer {
  const group = account.groups.get(query.attrs['to'] ?? '')
  if (!group) return { code: 404, text: 'item-not-found' }
  return [describeGroup(account, group)]
}

export function describeGroup(account: AccountState, group: Group): Stanza {
  const participants = [account.phone, ...group.members.values()].map(({ lid, jid, number }) =>
    stanza('participant', {
      jid: lid,
      phone_number: jid,
      type: group.admins.has(number) ? 'admin' : undefined,
    }),
  )
  return stanza(
    'group',
    {
      id: group.id.split('@')[0],
      subject: group.subject,
      creation: '1',
      s_t: '1',
      addressing_mode: 'lid',
      creator: account.phone.lid,
    },
    participants,
  )
}

function answerMediaHosts(): Answer {
  const host = stanza('host', { hostname: 'mmg.whatsapp.net', maxContentLengthBytes: '104857600' })
  return [stanza('media_conn', { auth: 'media-auth', ttl: '3600', auth_ttl: '3600' }, [host])]
}
