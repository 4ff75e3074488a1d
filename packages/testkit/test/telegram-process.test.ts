import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const main = fileURLToPath(new URL('../src/telegram/main.ts', import.meta.url))

it('runs in a process of its own and is driven by messages', async () => {
  const token = '1:a'
  const child = fork(main, [JSON.stringify({ bots: [{ token, username: 'a_bot' }] })])
  onTestFinished(() => void child.kill())
  const exited = once(child, 'exit')
  const [ready] = (await Promise.race([once(child, 'message'), exited])) as [{ url: string }]
  const ask = async (command: object): Promise<unknown> => {
    child.send({ request: 1, ...command })
    const [answer] = (await once(child, 'message')) as [unknown]
    return answer
  }
  const messages = [{ chat: 42, text: 'hi' }]
  expect(await ask({ type: 'say', token, messages })).toEqual({ request: 1, ids: [1] })
  await fetch(`${ready.url}/bot${token}/sendMessage?chat_id=42&text=x`)
  await ask({ type: 'wait', token, method: 'sendMessage', calls: 1 })
  expect(await ask({ type: 'stats', token })).toMatchObject({ waiting: 1, confirmed: 0, sent: 1 })
  expect(await ask({ type: 'stats', token: 'no' })).toHaveProperty('error')
  await ask({ type: 'reset' })
  expect(await ask({ type: 'stats', token })).toMatchObject({ waiting: 0, sent: 0 })
  await ask({ type: 'stop' })
  expect(await exited).toEqual([0, null])
})
