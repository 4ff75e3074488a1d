import { describe, expect, it } from 'vitest'
import type { Envelope } from '@junctor/channel'
import { addressOf, ALICE, BOB, callOptions, createBench, GROUP } from './account.ts'
import { NUMBER } from './harness.ts'

const textsOf = (events: readonly Envelope[]): readonly string[] =>
  events.map((event) => ('text' in event ? event.text : event.type))

describe('a direct message', () => {
  it('is of the number that people know, whichever address it comes with', async () => {
    const { account, open } = await createBench()
    const { message } = await open()
    const id = account.say({ chat: ALICE, text: 'hi', sentAt: 1_790_000_000 })
    expect(await message(0)).toEqual({
      type: 'message',
      nativeId: id,
      channel: 'whatsapp',
      accountId: 'default',
      peer: { kind: 'dm', id: `+${ALICE}` },
      sender: { id: `+${ALICE}`, name: `Person ${ALICE}`, isBot: false, isSelf: false },
      sentAt: 1_790_000_000_000,
      text: 'hi',
      mentions: { self: false, ids: [] },
      attachments: [],
    })
    account.say({ chat: ALICE, text: 'by number', addressing: 'number' })
    account.say({ chat: ALICE, text: 'hidden', hidesNumber: true })
    expect((await message(1)).peer.id).toBe(`+${ALICE}`)
    // The link between the two addresses was learnt from the messages before.
    expect((await message(2)).peer.id).toBe(`+${ALICE}`)
  })

  it('of somebody whose number nobody may know keeps the address, which can be answered', async () => {
    const { account, open } = await createBench()
    const { message, connection } = await open()
    account.say({ chat: BOB, text: 'who am I?', hidesNumber: true })
    const { peer, sender } = await message(0)
    expect([peer.id, sender.id]).toEqual([`77${BOB}@lid`, `77${BOB}@lid`])
    const address = { ...addressOf(BOB), peer }
    await connection.send(address, { text: 'nobody', format: 'plain' }, callOptions())
    expect(account.messages(BOB).at(-1)?.text).toBe('nobody')
  })

  it("of one of Meta's assistants is a bot's, of anybody else a person's", async () => {
    const { account, open } = await createBench()
    const { message } = await open()
    account.say({ chat: '13135550002', text: 'ask me anything' })
    account.say({ chat: '131355500021', text: 'a number like it' })
    expect((await message(0)).sender.isBot).toBe(true)
    expect((await message(1)).sender.isBot).toBe(false)
  })

  it('written by the owner on the phone is its own, in the chat it was written to', async () => {
    const { account, open } = await createBench()
    const { message } = await open()
    account.say({ chat: ALICE, from: 'self', text: 'from the phone' })
    expect(await message(0)).toMatchObject({
      peer: { kind: 'dm', id: `+${ALICE}` },
      sender: { id: `+${NUMBER}`, isSelf: true },
    })
  })

  it('keeps its text, be it as long and as strange as it may', async () => {
    const { account, open } = await createBench()
    const { message } = await open()
    const text = `Grüße 👩‍👩‍👧 \u202Ertl\u202C e\u0301 ${'x'.repeat(60_000)}`
    account.say({ chat: ALICE, text })
    expect((await message(0)).text).toBe(text)
  })

  it('that is not encrypted is not believed', async () => {
    const { account, open } = await createBench()
    const { received, until, message } = await open()
    account.push({
      tag: 'message',
      attrs: { id: 'FORGED', from: `${ALICE}@s.whatsapp.net`, t: '1790000000', type: 'text' },
      content: [
        {
          tag: 'plaintext',
          attrs: {},
          // A conversation of the two letters "hi", as the protocol buffer has it.
          content: Uint8Array.from([0x0a, 0x02, 0x68, 0x69]),
        },
      ],
    })
    account.say({ chat: ALICE, text: 'genuine' })
    expect((await message(0)).text).toBe('genuine')
    await until(() => account.waiting().length === 0)
    expect(received).toHaveLength(1)
  })

  it('which cannot be decrypted is asked for again, and comes under its own id', async () => {
    const { account, open } = await createBench()
    const { message, until } = await open()
    account.faults.add({ on: 'deliver', kind: 'garbage' })
    const id = account.say({ chat: ALICE, text: 'was broken' })
    expect(await message(0)).toMatchObject({ nativeId: id, text: 'was broken' })
    await until(() => account.acknowledged().includes(id))
  })

  it('from a phone with new keys is read', async () => {
    const { account, open } = await createBench()
    const { message } = await open()
    account.say({ chat: ALICE, text: 'old phone' })
    await message(0)
    account.reinstall(ALICE)
    account.say({ chat: ALICE, text: 'new phone' })
    expect((await message(1)).text).toBe('new phone')
  })

  it('takes its place in the order that the server gave, also when its writer is new', async () => {
    const { account, open } = await createBench()
    const { received, until } = await open()
    const texts = Array.from({ length: 8 }, (_, index) => `message ${index}`)
    texts.forEach((text, index) => account.say({ chat: ALICE, text, hidesNumber: index % 2 === 1 }))
    await until(() => received.length === texts.length)
    expect(textsOf(received)).toEqual(texts)
  })

  it('says what locations, contacts and polls say', async () => {
    const { account, open } = await createBench()
    const { message } = await open()
    account.send(
      { chat: ALICE },
      { locationMessage: { degreesLatitude: 48.2, degreesLongitude: 16.4, name: 'Vienna' } },
    )
    account.send(
      { chat: ALICE },
      {
        contactMessage: {
          displayName: 'Bob',
          vcard: 'BEGIN:VCARD\nTEL;type=CELL:+1 555\nEND:VCARD',
        },
      },
    )
    account.send(
      { chat: ALICE },
      {
        pollCreationMessage: {
          name: 'When?',
          options: [{ optionName: 'Now' }, { optionName: 'Later' }],
        },
      },
    )
    expect((await message(0)).text).toBe('Vienna geo:48.2,16.4')
    expect((await message(1)).text).toBe('Bob +1 555')
    expect((await message(2)).text).toBe('When?\n- Now\n- Later')
  })
})

describe('a message in a group', () => {
  it('is of the group, by the number of its writer', async () => {
    const { account, open } = await createBench()
    // A group uses one form of addresses for all its members.
    const older = '120363000000000002@g.us'
    for (const id of [GROUP, older]) account.addGroup({ id, members: [ALICE, BOB] })
    const { message } = await open()
    account.say({ chat: GROUP, from: BOB, text: 'hi all' })
    account.say({ chat: older, from: BOB, text: 'again', addressing: 'number' })
    account.say({ chat: GROUP, from: ALICE, text: 'me too' })
    expect(await message(0)).toMatchObject({
      peer: { kind: 'group', id: GROUP },
      sender: { id: `+${BOB}`, isSelf: false },
    })
    expect(await message(1)).toMatchObject({ sender: { id: `+${BOB}` } })
    expect(await message(2)).toMatchObject({ sender: { id: `+${ALICE}` }, text: 'me too' })
  })

  it('calls the account by mention and by answer, and others by their number', async () => {
    const { account, open } = await createBench()
    account.addGroup({ id: GROUP, members: [ALICE, BOB] })
    const { message, send } = await open()
    const { nativeId } = await send(GROUP, { text: 'a question' })
    account.say({ chat: GROUP, from: ALICE, text: 'hello' })
    await message(0)
    account.say({ chat: GROUP, from: BOB, text: '@bot hi', mentions: ['self'] })
    account.say({ chat: GROUP, from: BOB, text: 'an answer', replyTo: nativeId })
    account.say({ chat: GROUP, from: BOB, text: '@alice hi', mentions: [ALICE] })
    expect((await message(1)).mentions).toEqual({ self: true, ids: [`+${NUMBER}`] })
    expect(await message(2)).toMatchObject({
      mentions: { self: true, ids: [] },
      replyTo: { nativeId, senderId: `+${NUMBER}`, text: 'a question' },
    })
    expect((await message(3)).mentions).toEqual({ self: false, ids: [`+${ALICE}`] })
  })

  it('of the owner on the phone is its own', async () => {
    const { account, open } = await createBench()
    account.addGroup({ id: GROUP, members: [ALICE] })
    const { message } = await open()
    account.say({ chat: GROUP, from: 'self', text: 'from the phone' })
    expect(await message(0)).toMatchObject({
      peer: { id: GROUP },
      sender: { id: `+${NUMBER}`, isSelf: true },
    })
  })

  it('which cannot be decrypted is asked for again', async () => {
    const { account, open } = await createBench()
    account.addGroup({ id: GROUP, members: [BOB] })
    const { message } = await open()
    account.faults.add({ on: 'deliver', kind: 'garbage' })
    account.say({ chat: GROUP, from: BOB, text: 'was broken' })
    account.say({ chat: GROUP, from: BOB, text: 'next' })
    const texts = [(await message(0)).text, (await message(1)).text]
    expect(texts.toSorted()).toEqual(['next', 'was broken'])
  })
})

describe('a change', () => {
  it('of a message comes as an event of its own', async () => {
    const { account, open } = await createBench()
    const { received, until } = await open()
    const id = account.say({ chat: ALICE, text: 'first' })
    account.edit({ chat: ALICE, id, text: 'second' })
    account.react({ chat: ALICE, id, emoji: '👍' })
    account.react({ chat: ALICE, id, emoji: undefined })
    account.revoke({ chat: ALICE, id })
    await until(() => received.length === 5)
    expect(received.slice(1)).toMatchObject([
      { type: 'edited', targetId: id, text: 'second', peer: { id: `+${ALICE}` } },
      { type: 'reaction', targetId: id, emoji: '👍', added: true },
      { type: 'reaction', targetId: id, emoji: '', added: false },
      { type: 'deleted', targetId: id },
    ])
    expect(new Set(received.map(({ nativeId }) => nativeId)).size).toBe(5)
  })

  it('is for the writer alone, and a deletion for the admins of a group too', async () => {
    const { account, open } = await createBench()
    account.addGroup({ id: GROUP, members: [ALICE, BOB], admins: [ALICE] })
    const { received, until, send } = await open()
    const id = account.say({ chat: GROUP, from: BOB, text: 'mine' })
    const other = account.say({ chat: GROUP, from: ALICE, text: 'the boss speaks' })
    const { nativeId: own } = await send(GROUP, { text: 'ours' })
    await until(() => received.length === 2)
    account.edit({ chat: GROUP, from: ALICE, author: BOB, id, text: 'forged' })
    account.revoke({ chat: GROUP, from: BOB, author: ALICE, id: other })
    account.edit({ chat: GROUP, from: BOB, author: 'self', id: own, text: 'forged' })
    account.revoke({ chat: GROUP, from: ALICE, author: BOB, id })
    const last = account.say({ chat: GROUP, from: BOB, text: 'last' })
    await until(() => received.some(({ nativeId }) => nativeId === last))
    expect(
      received.slice(2).map((event) => [event.type, 'targetId' in event && event.targetId]),
    ).toEqual([
      ['deleted', id],
      ['message', false],
    ])
  })
})

describe('status updates, channels and calls', () => {
  it('are nobody speaking to the account', async () => {
    const { account, open } = await createBench()
    const { received, until } = await open()
    account.call(ALICE)
    account.push({
      tag: 'message',
      attrs: {
        id: 'NEWS',
        from: '120363000000000009@newsletter',
        t: '1790000000',
        type: 'text',
        server_id: '1',
      },
      content: [
        { tag: 'plaintext', attrs: {}, content: Uint8Array.from([0x0a, 0x02, 0x68, 0x69]) },
      ],
    })
    account.say({ chat: ALICE, text: 'hello' })
    await until(() => received.length > 0 && account.waiting().length === 0)
    expect(textsOf(received)).toEqual(['hello'])
  })
})
