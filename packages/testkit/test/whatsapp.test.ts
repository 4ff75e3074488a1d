import { describe, expect, it } from 'vitest'
import { ALICE, BOB, GROUP, openBench, textOf } from './whatsapp-client.ts'

const jidOf = (number: string): string => `${number}@s.whatsapp.net`

describe('a WhatsApp client', () => {
  it('logs in with credentials from before, and reads and writes encrypted messages', async () => {
    const { server, account, connect } = await openBench()
    const client = await connect()
    await client.until(client.isOpen)
    const id = account.say({ chat: ALICE, text: 'hello' })
    await client.until(() => client.messages.length === 1)
    expect(client.messages.map(textOf)).toEqual(['hello'])
    await server.waitFor(() => account.acknowledged().includes(id))
    const sent = await client.socket.sendMessage(jidOf(ALICE), { text: 'hi' })
    await server.waitFor(() => account.messages(ALICE).length === 2)
    expect(account.messages(ALICE).map(({ from, text }) => [from, text])).toEqual([
      [ALICE, 'hello'],
      ['self', 'hi'],
    ])
    // The owner's phone reads it too.
    expect(account.readersOf(sent?.key.id ?? '')).toEqual([account.number, ALICE])
    expect(server.problems).toEqual([])
  })

  it('is linked by QR code, restarts, and uploads its keys', async () => {
    const { server, account, connect, folder } = await openBench()
    const path = await folder()
    const candidate = await connect(path)
    await candidate.until(() => candidate.codes.length > 0)
    account.scan(candidate.codes[0] ?? '')
    await candidate.until(() => candidate.ends.length > 0)
    expect(candidate.ends).toEqual([515])
    const client = await connect(path)
    await client.until(client.isOpen)
    expect(account.preKeysLeft()).toBe(812)
    expect(server.problems).toEqual([])
  })

  it('is linked by the code that its owner types', async () => {
    const { server, account, connect, folder } = await openBench()
    const path = await folder()
    const candidate = await connect(path)
    await candidate.until(() => candidate.codes.length > 0)
    const code = await candidate.socket.requestPairingCode(account.number)
    await server.waitFor(account.wantsCode)
    await account.enterCode(code)
    await candidate.until(() => candidate.ends.length > 0)
    expect(candidate.ends).toEqual([515])
    expect(account.isLinked()).toBe(true)
    const client = await connect(path)
    await client.until(client.isOpen)
  })

  it('reads and writes in a group, whose members read it', async () => {
    const { server, account, connect } = await openBench()
    account.addGroup({ id: GROUP, members: [ALICE, BOB] })
    const client = await connect()
    await client.until(client.isOpen)
    account.say({ chat: GROUP, from: BOB, text: 'hi @x', mentions: ['self'] })
    account.say({ chat: GROUP, from: BOB, text: 'again' })
    await client.until(() => client.messages.length === 2)
    expect(client.messages.map(textOf)).toEqual(['hi @x', 'again'])
    const sent = await client.socket.sendMessage(GROUP, { text: 'hello all' })
    await server.waitFor(() => account.messages(GROUP).length === 3)
    expect(account.readersOf(sent?.key.id ?? '').toSorted()).toEqual([account.number, ALICE, BOB])
    expect(server.problems).toEqual([])
  })

  it('shows edits, reactions and deletions of both sides', async () => {
    const { server, account, connect } = await openBench()
    const client = await connect()
    await client.until(client.isOpen)
    const id = account.say({ chat: ALICE, text: 'first' })
    await client.until(() => client.messages.length === 1)
    account.edit({ chat: ALICE, id, text: 'second' })
    account.react({ chat: ALICE, id, emoji: '👍' })
    const key = client.messages[0]?.key ?? {}
    await client.socket.sendMessage(jidOf(ALICE), { react: { text: '🎉', key } })
    const sent = await client.socket.sendMessage(jidOf(ALICE), { text: 'draft' })
    const own = sent?.key ?? {}
    await client.socket.sendMessage(jidOf(ALICE), { text: 'final', edit: own })
    await server.waitFor(() => account.messages(ALICE).at(-1)?.text === 'final')
    expect(account.messages(ALICE)).toMatchObject([
      { text: 'second', history: ['first'], reactions: ['👍', '🎉'] },
      { text: 'final', history: ['draft'] },
    ])
    await client.socket.sendMessage(jidOf(ALICE), { delete: own })
    account.revoke({ chat: ALICE, id })
    await server.waitFor(() => account.messages(ALICE).length === 0)
    expect(['edit', 'react', 'remove', 'send'].map(account.countCalls)).toEqual([1, 1, 1, 1])
  })

  it('gets everything that it has not acknowledged again, under the same ciphertext', async () => {
    const { server, account, connect, folder } = await openBench()
    const path = await folder()
    await account.writeAuthFolder(path)
    const ids = ['one', 'two'].map((text) => account.say({ chat: ALICE, text }))
    const client = await connect(path)
    await client.until(() => client.messages.length === 2)
    await server.waitFor(() => account.waiting().length === 0)
    expect(account.acknowledged()).toEqual(ids)
    account.faults.add({ on: 'deliver', kind: 'drop-after' })
    account.say({ chat: ALICE, text: 'three' })
    await client.until(() => client.ends.length === 1)
    expect(client.ends).toEqual([428])
  })

  it('asks for what it cannot decrypt, and is asked by phones that cannot', async () => {
    const { server, account, connect } = await openBench()
    const client = await connect()
    await client.until(client.isOpen)
    account.faults.add({ on: 'deliver', kind: 'garbage' })
    const id = account.say({ chat: ALICE, text: 'was broken' })
    await client.until(() => client.messages.some((message) => textOf(message) === 'was broken'))
    await server.waitFor(() => account.acknowledged().includes(id))

    // The client looks a message up under the address it was sent to.
    const sent = await client.socket.sendMessage(`77${ALICE}@lid`, { text: 'hello' })
    account.reinstall(ALICE)
    await account.askAgain({ id: sent?.key.id ?? '', from: ALICE })
    await server.waitFor(() => account.countCalls('send') === 2)
    expect(account.messages(ALICE).map(({ text }) => text)).toEqual(['was broken', 'hello'])
  })

  it.each([
    ['a second client', 440, 'replace'],
    ['the owner', 401, 'logOut'],
  ] as const)('is cut off by %s with %i', async (_who, code, act) => {
    const { account, connect } = await openBench()
    const client = await connect()
    await client.until(client.isOpen)
    account[act]()
    await client.until(() => client.ends.length === 1)
    expect(client.ends).toEqual([code])
  })

  it.each([401, 403, 405])('is refused a login with %i', async (code) => {
    const { account, connect } = await openBench()
    account.refuseLogins(code)
    const client = await connect()
    await client.until(() => client.ends.length === 1)
    expect(client.ends).toEqual([code])
  })

  it.each([500, 503, 515])('sees the stream fail with %i', async (code) => {
    const { account, connect } = await openBench()
    const client = await connect()
    await client.until(client.isOpen)
    account.failStream(code)
    await client.until(() => client.ends.length === 1)
    expect(client.ends).toEqual([code])
  })

  it('gets its errors, duplicates and changes of order on demand', async () => {
    const { server, account, connect } = await openBench()
    const client = await connect()
    await client.until(client.isOpen)
    account.faults.add({ on: 'deliver', kind: 'duplicate' })
    const twice = account.say({ chat: ALICE, text: 'twice' })
    await client.until(() => client.messages.length === 2)
    expect(client.messages.map(({ key }) => key.id)).toEqual([twice, twice])
    account.faults.add({ on: 'deliver', kind: 'reorder' })
    account.say({ chat: ALICE, text: 'first' })
    account.say({ chat: ALICE, text: 'second' })
    await client.until(() => client.messages.length === 4)
    expect(client.messages.slice(2).map(textOf)).toEqual(['second', 'first'])
    account.faults.add({ on: 'send', kind: 'rate-limit', retryAfterMs: 1 })
    await client.socket.sendMessage(jidOf(ALICE), { text: 'too much' })
    await server.waitFor(() => account.countCalls('send') === 1)
    expect(account.messages(ALICE).map(({ text }) => text)).not.toContain('too much')
    expect(() => account.faults.add({ on: 'send', kind: 'oversize', bytes: 1 })).toThrow('oversize')
  })

  it('learns of calls, new phones, group changes and keys that run low', async () => {
    const { server, account, connect } = await openBench()
    account.addGroup({ id: GROUP, members: [ALICE] })
    const client = await connect()
    await client.until(client.isOpen)
    const seen: unknown[] = []
    client.socket.ev.on('call', ([call]) => seen.push(call?.status))
    client.socket.ev.on('group-participants.update', ({ action }) => seen.push(action))
    account.call(ALICE)
    account.addMember(GROUP, BOB)
    account.removeMember(GROUP, BOB)
    account.rename(GROUP, 'Renamed')
    account.drainPreKeys()
    await server.waitFor(() => account.preKeysLeft() > 0)
    expect(seen).toEqual(['offer', 'add', 'remove'])
    const { subject } = await client.socket.groupMetadata(GROUP)
    expect(subject).toBe('Renamed')
  })

  it('sees a writer by either address, and the owner as itself', async () => {
    const { account, connect } = await openBench()
    const client = await connect()
    await client.until(client.isOpen)
    // One after the other: the client lets a writer overtake itself while it stores a new address.
    account.say({ chat: ALICE, text: 'by lid' })
    await client.until(() => client.messages.length === 1)
    account.say({ chat: ALICE, text: 'by number', addressing: 'number' })
    await client.until(() => client.messages.length === 2)
    account.say({ chat: ALICE, text: 'hidden', hidesNumber: true })
    await client.until(() => client.messages.length === 3)
    expect(client.messages.map(({ key }) => [key.remoteJid, key.remoteJidAlt])).toEqual([
      [`77${ALICE}@lid`, jidOf(ALICE)],
      [jidOf(ALICE), `77${ALICE}@lid`],
      [`77${ALICE}@lid`, undefined],
    ])
    const own = account.say({ chat: ALICE, from: 'self', text: 'from the phone' })
    await client.until(() => client.own.some(({ key }) => key.id === own))
  })

  it('fetches files, and has the phone put them back', async () => {
    const { server, account, connect } = await openBench()
    const client = await connect()
    await client.until(client.isOpen)
    const data = new TextEncoder().encode('a document')
    account.say({ chat: ALICE, text: 'see', file: { kind: 'document', name: 'a.txt', data } })
    await client.until(() => client.messages.length === 1)
    const [message] = client.messages
    const path = message?.message?.documentMessage?.directPath ?? ''
    expect((await fetch(server.mediaUrl + path)).status).toBe(200)
    server.forgetFiles()
    expect((await fetch(server.mediaUrl + path)).status).toBe(404)
    if (!message) throw new Error('No message')
    const again = await client.socket.updateMediaMessage(message)
    const newPath = again.message?.documentMessage?.directPath ?? ''
    expect(newPath).not.toBe(path)
    const response = await fetch(server.mediaUrl + newPath)
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(data.length)
  })

  it('comes back to the same state after the server was gone', async () => {
    const { server, account, connect, folder } = await openBench()
    const path = await folder()
    await account.writeAuthFolder(path)
    const first = await connect(path)
    await first.until(first.isOpen)
    await server.stop()
    await first.until(() => first.ends.length === 1)
    account.say({ chat: ALICE, text: 'meanwhile' })
    const refused = await connect(path)
    await refused.until(() => refused.ends.length === 1)
    await server.restart()
    const second = await connect(path)
    await second.until(() => second.messages.length === 1)
    expect(second.messages.map(textOf)).toEqual(['meanwhile'])
  })

  it('notices a server that has fallen silent', async () => {
    const { account, connect } = await openBench()
    const client = await connect()
    await client.until(client.isOpen)
    account.fallSilent()
    await client.until(() => client.ends.length === 1)
    expect(client.ends).toEqual([408])
  })
})
