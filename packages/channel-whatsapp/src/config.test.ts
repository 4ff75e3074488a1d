import { expect, it } from 'vitest'
import { whatsAppConfig } from './config.ts'

const validate = (value: unknown): unknown => whatsAppConfig['~standard'].validate(value)

it('takes an empty account, a folder, and a number in any spelling', () => {
  expect(validate({})).toEqual({ value: {} })
  expect(validate({ authDir: '/old', phoneNumber: '+1 (555) 000-1111', dmPolicy: 'open' })).toEqual(
    {
      value: { authDir: '/old', phoneNumber: '15550001111' },
    },
  )
})

it.each([
  [undefined, 'object'],
  [[], 'object'],
  [{ authDir: '' }, 'authDir'],
  [{ phoneNumber: 'mine' }, 'phoneNumber'],
  [{ phoneNumber: 15550001111 }, 'phoneNumber'],
])('refuses %j', (value, word) => {
  expect(validate(value)).toEqual({
    issues: [expect.objectContaining({ message: expect.stringContaining(word) })],
  })
})
