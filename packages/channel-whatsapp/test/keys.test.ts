import { describe, expect, it } from 'vitest'
import { ALICE, createBench } from './account.ts'

describe('the keys of an account', () => {
  it('that a message used up are in the vault before it is acknowledged', async () => {
    const { account, open, vault } = await createBench()
    const acknowledgedAt: (readonly string[])[] = []
    const { message, until, close } = await open()
    vault.beforeWrite = async () => void acknowledgedAt.push([...account.acknowledged()])
    const id = account.say({ chat: ALICE, text: 'hello' })
    await message(0)
    await until(() => account.acknowledged().includes(id))
    expect(acknowledgedAt[0]).toEqual([])
    expect(acknowledgedAt.length).toBeGreaterThan(0)
    await close()
  })

  it('and a message that a crash cut off are kept together: it is handed over at the next start', async () => {
    const { account, open, vault } = await createBench()
    const never = new Promise<'accepted'>(() => {})
    const first = await open({ receive: () => never })
    const id = account.say({ chat: ALICE, text: 'do not lose me' })
    await first.until(() => first.received.length === 1)
    // The process dies here: decrypted, not stored, not acknowledged.
    expect(account.acknowledged()).toEqual([])
    const { received, until } = await open({ vault: vault.copy() })
    const next = account.say({ chat: ALICE, text: 'and me' })
    await until(() => received.length >= 2 && account.waiting().length === 0)
    // The server offers the first again, but its key has been used: it comes from the vault, once.
    expect(received.map(({ nativeId }) => nativeId)).toEqual([id, next])
  })

  it('that cannot be stored hold the message back until they can', async () => {
    const { account, open, vault } = await createBench()
    const { received, health, until } = await open()
    let failures = 0
    vault.beforeWrite = async () => {
      failures += 1
      if (failures < 4) throw new Error('disk full')
    }
    const id = account.say({ chat: ALICE, text: 'hello' })
    await until(() => account.acknowledged().includes(id))
    expect(received.map(({ nativeId }) => nativeId)).toEqual([id])
    expect(failures).toBeGreaterThanOrEqual(4)
    expect(health.map(({ state }) => state)).toContain('degraded')
    expect(health.at(-1)).toEqual({ state: 'online' })
  })

  it('take few entries of the vault, and no fewer messages can be read after each restart', async () => {
    const { account, open, vault } = await createBench()
    for (let round = 0; round < 3; round += 1) {
      const session = await open()
      const ids = Array.from({ length: 40 }, (_, index) =>
        account.say({ chat: `1555300${1000 + index}`, text: `round ${round}` }),
      )
      await session.until(() => account.waiting().length === 0)
      expect(session.received.map(({ nativeId }) => nativeId)).toEqual(ids)
      for (let index = 0; index < 5; index += 1)
        await session.send(`1555300${1000 + index}`, { text: 'hi' })
      await session.close()
    }
    expect(account.refused()).toEqual([])
    expect([...vault.values.keys()].filter((key) => key.startsWith('snapshot'))).toHaveLength(1)
    expect(vault.values.size).toBeLessThan(200)
  })
})
