import type { Message } from '@junctor/agent'
import { windowHistory } from '@junctor/runtime'
import { expect, it } from 'vitest'

const user: Message = { role: 'user', parts: [{ type: 'text', text: 'q' }] }
const answer: Message = { role: 'assistant', parts: [{ type: 'text', text: 'a' }] }
const calling: Message = {
  role: 'assistant',
  parts: [{ type: 'tool-call', callId: '1', name: 't', input: {} }],
}
const result: Message = {
  role: 'tool',
  parts: [{ type: 'tool-result', callId: '1', name: 't', status: 'ok', output: '' }],
}

it('keeps everything that fits', () => {
  expect(windowHistory([user, answer, user], 3)).toEqual([user, answer, user])
  expect(windowHistory([], 3)).toEqual([])
})

it('begins with a question, never with an answer or a result', () => {
  expect(windowHistory([user, calling, result, answer, user, answer], 5)).toEqual([user, answer])
  expect(windowHistory([user, calling, result, answer, user, answer], 3)).toEqual([user, answer])
})

it('keeps the question and the newest rounds of an exchange that is longer than the window', () => {
  const long = [user, calling, result, calling, result, answer]
  expect(windowHistory(long, 5)).toEqual([user, calling, result, answer])
  expect(windowHistory(long, 4)).toEqual([user, calling, result, answer])
  expect(windowHistory(long, 3)).toEqual([user, answer])
  expect(windowHistory(long, 1)).toEqual([user])
  expect(windowHistory(long, 0)).toEqual([])
})

it('is valid for each length of each history', () => {
  for (let pattern = 0; pattern < 3 ** 7; pattern += 1) {
    const exchanges = [
      [user, answer],
      [user, calling, result, answer],
      [user, calling, result, calling, result],
    ]
    const messages = Array.from(pattern.toString(3)).flatMap(
      (digit) => exchanges[Number(digit)] ?? [],
    )
    for (let limit = 0; limit <= 12; limit += 1) {
      const window = windowHistory(messages, limit)
      expect(window.length).toBeLessThanOrEqual(limit)
      if (limit > 0) expect(window[0]).toBe(user)
      for (const [index, message] of window.entries()) {
        expect(message === result).toBe(window[index - 1] === calling)
      }
    }
  }
})
