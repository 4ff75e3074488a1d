/** Requests to the gateway that serves this page. Each call rejects with a `GatewayFault`. */

const api = new URL('../../../api/v1/', document.baseURI)
const account = decodeURIComponent(new URL('.', document.baseURI).pathname.split('/').at(-2) ?? '')

/** The one conversation of this page. */
export const conversation = 'owner'

/** `status` 0: there was no answer. */
export class GatewayFault extends Error {
  constructor(status, message) {
    super(message)
    this.name = 'GatewayFault'
    this.status = status
  }
}

export async function loadStatus() {
  return request(new URL('status', api))
}

/**
 * The picture of a code that links an account. The code itself makes the address, so that a new one is fetched.
 * @param {{ channel: string, accountId: string, qr?: string }} account
 */
export function qrCode({ channel, accountId, qr }) {
  const name = [channel, accountId].map(encodeURIComponent).join('/')
  const url = new URL(`channels/${name}/qr.svg`, api)
  url.searchParams.set('of', String(qr).slice(-12))
  return url.href
}

export async function loadAgents() {
  const { agents } = await request(new URL('agents', api))
  return agents
}

export async function loadCommands() {
  const { commands } = await request('commands')
  return commands
}

/** @param {{ limit: number, before?: string }} options */
export async function loadHistory({ limit, before }) {
  const url = new URL('conversation', api)
  const query = { channel: 'web', accountId: account, peerKind: 'dm', peerId: conversation }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  url.searchParams.set('limit', String(limit))
  if (before !== undefined) url.searchParams.set('before', before)
  const { entries } = await request(url)
  return entries
}

/** @param {string} id */
export async function loadWhy(id) {
  const { explanations } = await request(new URL(`why/${encodeURIComponent(id)}`, api))
  return explanations
}

export async function postMessage({ id, text, agentId }) {
  return request('messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, text, agentId, conversation }),
  })
}

export async function loadPairing() {
  return request(new URL('pairing', api))
}

/**
 * @param {'approve' | 'reject' | 'revoke'} verb
 * @param {{ id: string, session?: 'own' | 'main' }} body
 */
export async function changePairing(verb, body) {
  return request(new URL(`pairing/${verb}`, api), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

export async function loadApprovals() {
  const { approvals } = await request(new URL('approvals', api))
  return approvals
}

/** @param {'approve' | 'deny'} verb */
export async function answerApproval(verb, id) {
  return request(new URL(`approvals/${encodeURIComponent(id)}/${verb}`, api), { method: 'POST' })
}

export async function loadCanvases() {
  const { canvases } = await request(new URL('canvases', api))
  return canvases
}

/**
 * The address of what an agent shows. A new version has a new one.
 * @param {{ agentId: string, sessionKey: string, updatedAt: number }} canvas
 */
export function canvasUrl({ agentId, sessionKey, updatedAt }) {
  const url = new URL(`canvases/${encodeURIComponent(agentId)}`, api)
  url.searchParams.set('session', sessionKey)
  url.searchParams.set('of', String(updatedAt))
  return url.href
}

export async function logOut() {
  return request(new URL('logout', api), { method: 'POST' })
}

async function request(url, options) {
  let response
  try {
    response = await fetch(url, options)
  } catch {
    throw new GatewayFault(0, 'The gateway does not answer')
  }
  const body = await response.json().catch(() => ({}))
  if (response.ok) return body
  throw new GatewayFault(response.status, body.error?.message ?? `It answered ${response.status}`)
}
