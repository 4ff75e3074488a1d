import assert from 'node:assert/strict'
import type { Runner } from './runner.ts'

export function tableCases({ group, test }: Runner): void {
  group('table', () => {
    test('counts versions with every write, from 1', async ({ agent }) => {
      const table = agent.table('notes')
      assert.equal(await table.get('k'), undefined)
      assert.equal(await table.put('k', { a: [1, null] }), true)
      assert.deepEqual(await table.get('k'), { value: { a: [1, null] }, version: 1 })
      await table.put('k', null)
      assert.deepEqual(await table.get('k'), { value: null, version: 2 })
      assert.equal(await table.remove('k'), true)
      assert.equal(await table.remove('k'), false)
      assert.equal(await table.get('k'), undefined)
      await table.put('k', 1)
      assert.equal((await table.get('k'))?.version, 1)
    })

    test('writes only over the version that is named; 0 means absent', async ({ agent }) => {
      const table = agent.table('notes')
      assert.equal(await table.put('k', 'x', { version: 1 }), false)
      assert.equal(await table.put('k', 'first', { version: 0 }), true)
      assert.equal(await table.put('k', 'second', { version: 0 }), false)
      assert.equal(await table.put('k', 'second', { version: 2 }), false)
      assert.equal(await table.put('k', 'second', { version: 1 }), true)
      assert.equal(await table.put('k', 'third', { version: 1 }), false)
      assert.deepEqual(await table.get('k'), { value: 'second', version: 2 })
    })

    test('lets one of many simultaneous writers of a version win', async ({ agent }) => {
      const table = agent.table('notes')
      const wrote = await Promise.all(
        Array.from({ length: 20 }, (_, n) => table.put('k', n, { version: 0 })),
      )
      assert.equal(wrote.filter(Boolean).length, 1)
      assert.deepEqual(await table.get('k'), { value: wrote.indexOf(true), version: 1 })
    })

    test('forgets a value after its time to live', async ({ agent, clock }) => {
      const table = agent.table('notes')
      await table.put('k', 1, { ttlMs: 100 })
      clock.advance(99)
      assert.equal((await table.get('k'))?.value, 1)
      assert.deepEqual(await table.list(), ['k'])
      clock.advance(1)
      assert.equal(await table.get('k'), undefined)
      assert.deepEqual(await table.list(), [])
      assert.equal(await table.remove('k'), false)
      assert.equal(await table.put('k', 2, { version: 1 }), false)
      assert.equal(await table.put('k', 2, { version: 0 }), true)
      assert.deepEqual(await table.get('k'), { value: 2, version: 1 })
    })

    test('takes the time to live of the last write', async ({ agent, clock }) => {
      const table = agent.table('notes')
      await table.put('longer', 1, { ttlMs: 100 })
      await table.put('longer', 2, { ttlMs: 300 })
      await table.put('for good', 1, { ttlMs: 100 })
      await table.put('for good', 2)
      clock.advance(200)
      assert.deepEqual(await table.list(), ['for good', 'longer'])
      clock.advance(100)
      assert.deepEqual(await table.list(), ['for good'])
    })

    test('lists keys with a prefix, in code-unit order', async ({ agent }) => {
      const table = agent.table('notes')
      const keys = [
        'b',
        'a:2',
        'a:10',
        'A:1',
        'a_1',
        'a%',
        'a:\uffee',
        'a:😀',
        'a:é',
        'a',
        'a:\ud800',
        '',
      ]
      for (const key of keys) await table.put(key, key)
      assert.deepEqual(await table.list(), [...keys].sort())
      for (const prefix of ['a', 'a:', 'a_', 'a%', 'a:\ud83d', 'x', 'a:1'])
        assert.deepEqual(
          await table.list(prefix),
          keys.filter((key) => key.startsWith(prefix)).sort(),
          prefix,
        )
      assert.equal((await table.get('a:\ud800'))?.value, 'a:\ud800')
      assert.equal(await table.get('a:\ud801'), undefined)
    })

    test('is one of many, apart by name', async ({ store, agent }) => {
      await agent.table('a').put('k', 'agent a')
      await agent.table('A').put('k', 'agent A')
      await store.gateway.table('a').put('k', 'gateway')
      assert.equal((await agent.table('a').get('k'))?.value, 'agent a')
      assert.equal((await agent.table('A').get('k'))?.value, 'agent A')
      assert.equal((await store.gateway.table('a').get('k'))?.value, 'gateway')
      await agent.table('a').remove('k')
      assert.deepEqual(await agent.table('A').list(), ['k'])
      assert.deepEqual(await store.gateway.table('a').list(), ['k'])
    })

    test('survives a restart', async ({ store, agent, reopen }) => {
      if (reopen === undefined) return
      await agent.table('a').put('k', 1)
      await store.gateway.table('a').put('k', 2)
      const again = await reopen()
      assert.deepEqual(await again.agent(agent.agentId).table('a').get('k'), {
        value: 1,
        version: 1,
      })
      assert.equal((await again.gateway.table('a').get('k'))?.value, 2)
    })
  })
}
