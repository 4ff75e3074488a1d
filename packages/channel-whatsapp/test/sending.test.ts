import { describe, expect, it } from 'vitest'
import type { OutboundFile } from '@junctor/channel'
import { addressOf, ALICE, BOB, callOptions, createBench, GROUP } from './account.ts'
import { NUMBER } from './harness.ts'

const patience = { timeout: 20_000 }

function file(name: string, mediaType: string, bytes = 4): OutboundFile {
  return { name, mediaType, data: () => ReadableStream.from([new Uint8Array(bytes).fill(1)]) }
}

describe('a person who links another device', () => {
  it('reads what is written from then on there too, until it is removed', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { send } = await open()
    const readers = async (text: string): Promise<readonly string[]> =>
      account.readersOf((await send(ALICE, { text })).nativeId).toSorted()
    // Its own phone gets a copy of everything.
    expect(await readers('one')).toEqual([NUMBER, ALICE])
    const tablet = account.addDevice(ALICE)
    await expect.poll(() => readers('two'), patience).toEqual([NUMBER, ALICE, tablet])
    account.removeDevice(tablet)
    await expect.poll(() => readers('three'), patience).toEqual([NUMBER, ALICE])
  })
})

describe('sending to WhatsApp', () => {
  it('formats markdown with the marks of the apps', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { send } = await open()
    await send(ALICE, { text: '# Hi\n\n**bold** and ~~gone~~', format: 'markdown' })
    expect(account.messages(ALICE)[0]?.text).toBe('*Hi*\n\n*bold* and ~gone~')
  })

  it('reaches every member of a group, and the phone of the owner', async () => {
    const { account, open } = await createBench()
    account.addGroup({ id: GROUP, members: [ALICE, BOB] })
    const { send } = await open()
    const first = await send(GROUP, { text: 'hello' })
    const second = await send(GROUP, { text: 'again' })
    expect(account.messages(GROUP).map(({ text }) => text)).toEqual(['hello', 'again'])
    const everybody = [account.number, ALICE, BOB]
    expect(account.readersOf(first.nativeId).toSorted()).toEqual(everybody)
    expect(account.readersOf(second.nativeId).toSorted()).toEqual([ALICE, BOB])
    // Who is in the group was asked once.
    expect(account.countCalls('iq:w:g2')).toBe(1)
  })

  it('reaches a member who has joined since', async () => {
    const { account, open } = await createBench()
    account.addGroup({ id: GROUP, members: [ALICE] })
    const { send, until } = await open()
    await send(GROUP, { text: 'before' })
    account.addMember(GROUP, BOB)
    await until(() => account.countCalls('ack:notification') > 0)
    const { nativeId } = await send(GROUP, { text: 'after' })
    expect(account.readersOf(nativeId)).toContain(BOB)
  })

  it('waits for the server to have taken the message, and says when that was', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { send } = await open()
    account.faults.add({ on: 'send', kind: 'delay', delayMs: 50 })
    const { nativeId, sentAt } = await send(ALICE, { text: 'hello' })
    expect(account.messages(ALICE).map(({ id }) => id)).toEqual([nativeId])
    expect(Math.abs(Date.now() - sentAt)).toBeLessThan(60_000)
  })

  it.each([
    ['RATE_LIMITED', 429],
    ['FORBIDDEN', 463],
    ['FORBIDDEN', 403],
    ['NOT_FOUND', 404],
    ['TOO_LARGE', 413],
    ['INVALID', 479],
    ['UNAVAILABLE', 500],
    ['UNAVAILABLE', 503],
  ])('reports %s for a refusal with %i', async (code, status) => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { send } = await open()
    account.faults.add({ on: 'send', kind: 'status', status })
    await expect(send(ALICE, { text: 'hi' })).rejects.toMatchObject({ code, channel: 'whatsapp' })
    expect(account.messages(ALICE)).toEqual([])
    expect((await send(ALICE, { text: 'hi' })).nativeId).toBe(account.messages(ALICE)[0]?.id)
  })

  it.each([
    ['NOT_FOUND', '15559999999'],
    ['NOT_FOUND', '120363000000000009@g.us'],
    ['NOT_FOUND', 'nobody'],
  ])('refuses with %s to write to %s', async (code, to) => {
    const { account, open } = await createBench()
    const { send } = await open()
    await expect(send(to, { text: 'hi' })).rejects.toMatchObject({ code })
    expect(account.countCalls('send')).toBe(0)
  })

  it('does not ask whether somebody exists who has written', async () => {
    const { account, open } = await createBench()
    const { message, send } = await open()
    account.say({ chat: ALICE, text: 'hello' })
    await message(0)
    const before = account.countCalls('iq:usync')
    await send(ALICE, { text: 'hi' })
    // One question remains: which devices she has.
    expect(account.countCalls('iq:usync') - before).toBe(1)
  })

  it('refuses an empty message', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { send } = await open()
    await expect(send(ALICE, { text: ' ' })).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('uses one id for one key, so that the phones show a repeated message once', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { send } = await open()
    account.faults.add({ on: 'send', kind: 'drop-after' })
    await expect(send(ALICE, { text: 'hello' }, 'key')).rejects.toMatchObject({ code: 'UNKNOWN' })
    const { nativeId } = await send(ALICE, { text: 'hello' }, 'key')
    expect(account.messages(ALICE).map(({ id }) => id)).toEqual([nativeId])
    expect(account.countCalls('send')).toBe(2)
  })

  it('quotes what was said, and by whom, also after a restart', async () => {
    const { account, open } = await createBench()
    account.addGroup({ id: GROUP, members: [ALICE, BOB] })
    const first = await open()
    const asked = account.say({ chat: GROUP, from: BOB, text: 'what is the time?' })
    await first.message(0)
    await first.until(() => account.acknowledged().includes(asked))
    await first.close()
    const { send } = await open()
    await send(GROUP, { text: 'nine', replyTo: asked })
    await send(GROUP, { text: 'no arrow', replyTo: 'UNKNOWN' })
    expect(account.messages(GROUP).slice(1)).toMatchObject([
      { text: 'nine', replyTo: asked, quotedText: 'what is the time?' },
      { text: 'no arrow' },
    ])
    expect(account.messages(GROUP)[2]).not.toHaveProperty('replyTo')
  })

  it('sends a message again to a phone that could not read it, also after a restart', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const first = await open()
    const { nativeId } = await first.send(ALICE, { text: 'hello' })
    await first.close()
    const { until } = await open()
    account.reinstall(ALICE)
    await account.askAgain({ id: nativeId, from: ALICE })
    await until(() => account.countCalls('send') === 2)
    expect(account.messages(ALICE).map(({ id, text }) => [id, text])).toEqual([[nativeId, 'hello']])
  })

  it('shows that it is typing, and reacts in a group', async () => {
    const { account, open } = await createBench()
    account.addGroup({ id: GROUP, members: [ALICE, BOB] })
    const { connection, message, until } = await open()
    account.say({ chat: GROUP, from: BOB, text: 'hello' })
    const { nativeId } = await message(0)
    await connection.typing?.(addressOf(GROUP), callOptions())
    await until(() => account.countCalls('typing') === 1)
    await connection.react?.(addressOf(GROUP), nativeId, '🎉', callOptions())
    expect(account.messages(GROUP)[0]?.reactions).toEqual(['🎉'])
    await connection.react?.(addressOf(GROUP), nativeId, '', callOptions())
    expect(account.messages(GROUP)[0]?.reactions).toEqual([])
    await expect(
      connection.react?.(addressOf(GROUP), 'UNKNOWN', '🎉', callOptions()),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('edits texts only, and only its own', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { connection, message, send } = await open()
    const sent = await send(ALICE, { text: 'see', files: [file('a.txt', 'text/plain')] })
    account.say({ chat: ALICE, text: 'hers' })
    const { nativeId } = await message(0)
    const change = { text: 'other', format: 'plain' } as const
    const edit = (id: string): Promise<void> | undefined =>
      connection.edit?.(addressOf(ALICE), id, change, callOptions())
    await expect(edit(sent.nativeId)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    await expect(edit(nativeId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(account.countCalls('edit')).toBe(0)
  })
})

describe('a burst', () => {
  it('of a hundred messages into one room arrives whole and in order, refusals or not', async () => {
    const { account, open } = await createBench()
    account.addGroup({ id: GROUP, members: [ALICE, BOB] })
    const { send } = await open()
    const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`)
    for (const [index, text] of texts.entries()) {
      if (index % 10 === 3) account.faults.add({ on: 'send', kind: 'rate-limit', retryAfterMs: 1 })
      const attempt = (): Promise<unknown> => send(GROUP, { text }, `key ${index}`)
      await attempt().catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'RATE_LIMITED' })
        return attempt()
      })
    }
    expect(account.messages(GROUP).map(({ text }) => text)).toEqual(texts)
    expect(account.countCalls('send')).toBe(110)
  }, 120_000)
})

describe('files', () => {
  it('go out as what they are, with the text under the first', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { send } = await open()
    await send(ALICE, {
      text: 'see',
      files: [file('a.png', 'image/png'), file('b.pdf', 'application/pdf')],
    })
    await send(ALICE, { text: 'hear', files: [file('c.ogg', 'audio/ogg')] })
    await send(ALICE, { text: 'x'.repeat(2000), files: [file('d.txt', 'text/plain')] })
    expect(
      account
        .messages(ALICE)
        .map(({ text, file: sent }) => [text.slice(0, 4), sent?.kind, sent?.name]),
    ).toEqual([
      ['see', 'image', undefined],
      ['', 'document', 'b.pdf'],
      ['hear', undefined, undefined],
      ['', 'audio', undefined],
      ['xxxx', undefined, undefined],
      ['', 'document', 'd.txt'],
    ])
    expect(account.messages(ALICE)[0]?.file?.data).toEqual(new Uint8Array(4).fill(1))
  })

  it('that are too large are refused before anything is posted', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { send } = await open()
    const files = [file('a.bin', 'application/octet-stream', 64 * 1024 * 1024 + 1)]
    await expect(send(ALICE, { text: 'see', files })).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(account.messages(ALICE)).toEqual([])
  })

  it('that cannot be uploaded leave nothing half posted', async () => {
    const { server, account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { send } = await open()
    server.faults.add({ on: 'upload', kind: 'status', status: 503 })
    const files = [file('a.txt', 'text/plain')]
    await expect(send(ALICE, { text: 'see', files })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(account.messages(ALICE)).toEqual([])
  })
})

describe('a file that came in', () => {
  const data = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)
  const image = { kind: 'image', name: 'a.jpg', data } as const

  const bytesOf = async (stream: ReadableStream<Uint8Array> | undefined): Promise<Uint8Array> =>
    new Uint8Array(await new Response(stream).arrayBuffer())

  it('is described, and fetched from the hosts of WhatsApp alone', async () => {
    const { server, account, open } = await createBench()
    const asked: string[] = []
    const { message, connection } = await open({
      fetch: async (input, init) => {
        asked.push(new Request(input).url)
        return fetch(input, init)
      },
    })
    account.say({ chat: ALICE, text: 'look', file: image })
    const { attachments, text } = await message(0)
    expect(text).toBe('look')
    expect(attachments).toEqual([
      { kind: 'image', ref: expect.any(String), mediaType: 'image/jpeg', sizeBytes: data.length },
    ])
    const stream = await connection.download?.(attachments[0]?.ref ?? '', callOptions())
    expect(await bytesOf(stream)).toEqual(data)
    expect(asked).toHaveLength(1)
    expect(new URL(asked[0] ?? '').origin).toBe(new URL(server.mediaUrl).origin)
  })

  it.each([
    '@127.0.0.1:9/secret',
    '//127.0.0.1:9/secret',
    'https://127.0.0.1:9/secret',
    '/\\127.0.0.1:9/secret',
    '.evil.example/secret',
  ])('is not fetched from where its writer points: %s', async (directPath) => {
    const { account, open } = await createBench()
    const asked: string[] = []
    const { message, connection } = await open({
      fetch: async (input) => {
        asked.push(new Request(input).url)
        return new Response('')
      },
    })
    account.send(
      { chat: ALICE },
      {
        imageMessage: {
          url: 'https://127.0.0.1:9/secret',
          directPath,
          mediaKey: new Uint8Array(32),
          fileSha256: new Uint8Array(32),
        },
      },
    )
    const [attachment] = (await message(0)).attachments
    const download = connection.download?.(attachment?.ref ?? '', callOptions())
    await expect(download).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(asked).toEqual([])
  })

  it('which the hosts have dropped is put back by the phone', async () => {
    const { server, account, open } = await createBench()
    const { message, connection } = await open()
    account.say({ chat: ALICE, file: image })
    const [attachment] = (await message(0)).attachments
    server.forgetFiles()
    const stream = await connection.download?.(attachment?.ref ?? '', callOptions())
    expect(await bytesOf(stream)).toEqual(data)
  })

  it('is refused when it is too large, also when its writer says otherwise', async () => {
    const { account, open } = await createBench()
    const { message, connection } = await open({ options: { maxDownloadBytes: 50_000 } })
    account.say({ chat: ALICE, file: image })
    const [attachment] = (await message(0)).attachments
    const ref = attachment?.ref ?? ''
    await expect(connection.download?.(ref, callOptions())).rejects.toMatchObject({
      code: 'TOO_LARGE',
    })
    const lie = JSON.parse(Buffer.from(ref, 'base64url').toString()) as object
    const small = Buffer.from(JSON.stringify({ ...lie, sizeBytes: 10 })).toString('base64url')
    await expect(connection.download?.(small, callOptions()).then(bytesOf)).rejects.toMatchObject({
      code: 'TOO_LARGE',
    })
  })

  it('is refused when it is not what its writer encrypted', async () => {
    const { server, account, open } = await createBench()
    const { message, connection } = await open()
    account.say({ chat: ALICE, file: image })
    const [attachment] = (await message(0)).attachments
    server.faults.add({ on: 'download', kind: 'garbage' })
    const download = connection.download?.(attachment?.ref ?? '', callOptions())
    await expect(download?.then(bytesOf)).rejects.toMatchObject({ code: 'INVALID' })
    await expect(connection.download?.('nonsense', callOptions())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})
