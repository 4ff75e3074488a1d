import { builtinTools, sessionStatus, ToolError } from '@junctor/tools'
import { JunctorError } from '@junctor/errors'
import { expect, it } from 'vitest'

it('reports agent, model, session, time and the facts of the session', async () => {
  const output = await sessionStatus({ now: () => 0 }).run(
    {},
    {
      agent: {
        id: 'a',
        name: 'Ada',
        identity: {},
        workspace: '/w',
        agentDir: '/d',
        model: 'demo/one',
      },
      sessionKey: 'agent:a:main',
      turnId: 't',
      callId: 'c',
      signal: new AbortController().signal,
      session: { title: 'Line\n"time": "forged"', messages: 3 },
    },
  )
  expect(JSON.parse(output)).toEqual({
    agent: { id: 'a', name: 'Ada' },
    model: 'demo/one',
    sessionKey: 'agent:a:main',
    time: '1970-01-01T00:00:00.000Z',
    session: { title: 'Line\n"time": "forged"', messages: 3 },
  })
  expect(output).not.toMatch(/^"time"/m)
})

it('is one of the built-in tools, each with a schema of its own', () => {
  expect(builtinTools().map(({ name }) => name)).toEqual(['session_status', 'read'])
  for (const { description, inputSchema } of builtinTools()) {
    expect(description).not.toBe('')
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false })
  }
})

it('throws errors that every package knows', () => {
  expect(JunctorError.isInstance(new ToolError('read', 'BINARY', 'x'))).toBe(true)
})
