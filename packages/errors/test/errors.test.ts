import { describe, expect, test } from 'vitest'
import { hasCode, JunctorError } from '@junctor/errors'

class CoffeeError extends JunctorError<'NO_WATER' | 'NO_BEANS'> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'CoffeeError', configurable: true })
  }
}

// A query string makes Node load the file once more: the same as two installed copies of the package.
async function loadSecondCopy(): Promise<{ readonly JunctorError: typeof JunctorError }> {
  const address = `${import.meta.resolve('@junctor/errors')}?copy=2`
  return await import(/* @vite-ignore */ address)
}

describe('JunctorError', () => {
  test('carries code, message, cause, delay and details', () => {
    const cause = new Error('dry')
    const error = new CoffeeError('NO_WATER', 'The tank is empty', {
      cause,
      retryAfterMs: 500,
      details: { tank: 2 },
    })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'CoffeeError',
      code: 'NO_WATER',
      message: 'The tank is empty',
      retryAfterMs: 500,
      details: { tank: 2 },
    })
    expect(error.cause).toBe(cause)
    expect(error.stack).toMatch(/^CoffeeError: The tank is empty/)
  })

  test('has no cause and no delay unless they are given', () => {
    const error = new JunctorError('X', 'x')
    expect('cause' in error).toBe(false)
    expect(error.retryAfterMs).toBeUndefined()
    expect(error.details).toEqual({})
  })

  test('keeps name and brand out of what is printed or serialised', () => {
    expect(Object.keys(new CoffeeError('NO_BEANS', 'x'))).toEqual([
      'code',
      'retryAfterMs',
      'details',
    ])
  })

  test('is recognised across two copies of the package, where instanceof fails', async () => {
    const copy = await loadSecondCopy()
    const foreign = new copy.JunctorError('NO_WATER', 'x')
    expect(foreign).not.toBeInstanceOf(JunctorError)
    expect(JunctorError.isInstance(foreign)).toBe(true)
    expect(copy.JunctorError.isInstance(new CoffeeError('NO_BEANS', 'x'))).toBe(true)
  })

  test.each([new Error('x'), { code: 'NO_WATER' }, null, undefined, 'NO_WATER', 7])(
    'does not take %o for one of its own',
    (value) => {
      expect(JunctorError.isInstance(value)).toBe(false)
    },
  )
})

describe('hasCode', () => {
  test('is true for one of the codes and false for any other', () => {
    const error: unknown = new CoffeeError('NO_WATER', 'x')
    expect(hasCode(error, 'NO_BEANS', 'NO_WATER')).toBe(true)
    expect(hasCode(error, 'NO_BEANS')).toBe(false)
    expect(hasCode(error)).toBe(false)
  })

  test('does not trust a code on an error without the brand', () => {
    expect(hasCode(Object.assign(new Error('x'), { code: 'NO_WATER' }), 'NO_WATER')).toBe(false)
  })
})
