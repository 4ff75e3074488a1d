import { describe, expect, it } from 'vitest'

const { createConversation } = await import(
  new URL('../page/conversation.js', import.meta.url).href
)

const asked = {
  direction: 'in',
  messageId: 'i1',
  nativeId: 'm1',
  at: 1,
  text: 'Hello',
  agentId: 'main',
  state: 'done',
}
const answered = {
  direction: 'out',
  messageId: 'o1',
  nativeId: 'web-1',
  at: 2,
  text: 'Hi there',
  agentId: 'main',
  state: 'sent',
}
const live = { nativeId: 'web-1', direction: 'out', text: 'Hi', at: 2 }

function keysOf(conversation: { items(): { key: string }[] }): string[] {
  return conversation.items().map(({ key }) => key)
}

describe('the conversation on the page', () => {
  it('shows a message once, however often and in whichever order it is told of it', () => {
    const conversation = createConversation()
    conversation.applyOutgoing({ id: 'm1', text: 'Hello', at: 1 }, 'sending')
    conversation.applyMessage({ nativeId: 'm1', direction: 'in', text: 'Hello', at: 1 })
    conversation.applyMessage(live)
    expect(keysOf(conversation)).toEqual(['m1', 'web-1'])
    conversation.applyNewest([asked, answered])
    conversation.applyOutgoing({ id: 'm1', text: 'Hello', at: 1 }, 'pending')
    conversation.applyMessage(live)
    conversation.applyNewest([asked, answered])
    expect(keysOf(conversation)).toEqual(['m1', 'web-1'])
    expect(conversation.items()).toMatchObject([{ state: 'done' }, { state: 'sent' }])
  })

  it('follows an answer that it met in the middle', () => {
    const conversation = createConversation()
    conversation.applyEdit({ nativeId: 'web-1', text: 'Hi th' }, 2)
    conversation.applyEdit({ nativeId: 'web-1', text: 'Hi there' }, 3)
    expect(conversation.items()).toMatchObject([{ text: 'Hi there', state: 'live' }])
    expect(conversation.isUnsettled()).toBe(true)
    conversation.applyNewest([asked, answered])
    expect(conversation.isUnsettled()).toBe(false)
  })

  it('says who answers from the first word on', () => {
    const conversation = createConversation()
    conversation.applyMessage({ ...live, agentId: 'main' })
    conversation.applyEdit({ nativeId: 'web-1', text: 'Hi there', agentId: 'main' }, 3)
    conversation.applyEdit({ nativeId: 'web-2', text: 'Me too', agentId: 'other' }, 4)
    expect(conversation.items()).toMatchObject([
      { agentId: 'main', text: 'Hi there' },
      { agentId: 'other', text: 'Me too' },
    ])
  })

  it('reads markup into answers only, unless they are plain, also after the history came', () => {
    const conversation = createConversation()
    conversation.applyMessage({ nativeId: 'm1', direction: 'in', text: '*Hello*', at: 1 })
    conversation.applyMessage({ ...live, format: 'plain' })
    conversation.applyMessage({ ...live, nativeId: 'web-2' })
    const formats = () => conversation.items().map(({ format }: { format: string }) => format)
    expect(formats()).toEqual(['plain', 'plain', 'markdown'])
    conversation.applyNewest([asked, answered])
    conversation.applyNewest([asked, answered])
    expect(formats()).toEqual(['plain', 'plain', 'markdown'])
  })

  it('holds back an answer on its way, whose id it cannot match yet', () => {
    const conversation = createConversation()
    const nameless = { ...answered, nativeId: undefined }
    conversation.applyMessage(live)
    conversation.applyNewest([asked, { ...nameless, state: 'sending' }])
    expect(keysOf(conversation)).toEqual(['m1', 'web-1'])
    expect(conversation.isUnsettled()).toBe(true)
    conversation.applyNewest([asked, { ...nameless, state: 'failed' }])
    expect(keysOf(conversation)).toContain('o1')
  })

  it('keeps earlier pages when the newest one is loaded again', () => {
    const conversation = createConversation()
    conversation.applyNewest([answered])
    conversation.applyEarlier([asked])
    expect(conversation.firstMessageId()).toBe('i1')
    const next = { ...asked, messageId: 'i2', nativeId: 'm2', at: 3 }
    conversation.applyNewest([answered, next])
    expect(keysOf(conversation)).toEqual(['m1', 'web-1', 'm2'])
  })

  it('keeps what the gateway does not have yet at the end', () => {
    const conversation = createConversation()
    conversation.applyOutgoing({ id: 'm9', text: 'later', at: 0 }, 'retrying')
    conversation.applyNewest([asked, answered])
    expect(keysOf(conversation)).toEqual(['m1', 'web-1', 'm9'])
    expect(conversation.isUnsettled()).toBe(false)
  })
})
