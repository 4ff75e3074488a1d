import { access, chmod, copyFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelFault } from '@junctor/testkit/models'
import { describe, expect, it } from 'vitest'
import { ask, createHouse, keyOf } from './house.ts'

const two = { 'fake:a': keyOf('fake-key-a-00000000'), 'fake:b': keyOf('fake-key-b-00000000') }
const inOrder = { rules: { order: ['fake:a', 'fake:b'], terms: {} } }
const busy: ModelFault = { kind: 'refused', status: 429 }

const MINUTE = 60_000

describe.each(['anthropic', 'openai-responses', 'openai-chat'] as const)('over %s', (api) => {
  const passing: readonly (readonly [string, ModelFault, number | undefined])[] = [
    ['is asked too often', busy, MINUTE],
    ['is overloaded', { kind: 'refused', status: 529, errorType: 'overloaded_error' }, MINUTE],
    ['wants an hour of rest', { kind: 'rate-limit', retryAfterMs: 60 * MINUTE }, 60 * MINUTE],
    ['has no credit', { kind: 'refused', status: 402, errorType: 'billing_error' }, 300 * MINUTE],
    [
      'has no credit, in the words of OpenAI',
      { kind: 'refused', status: 429, code: 'insufficient_quota', errorType: 'insufficient_quota' },
      300 * MINUTE,
    ],
    [
      'has no credit, in the words of Anthropic',
      {
        kind: 'refused',
        status: 400,
        errorType: 'invalid_request_error',
        message: 'Your credit balance is too low to access the Anthropic API.',
      },
      300 * MINUTE,
    ],
    [
      'is not known',
      { kind: 'refused', status: 401, errorType: 'authentication_error' },
      undefined,
    ],
    ['may not do this', { kind: 'refused', status: 403, errorType: 'permission_error' }, undefined],
  ]

  it.each(passing)('the next profile answers when one %s', async (_what, fault, restMs) => {
    const house = await createHouse(api)
    await house.write('a', two)
    house.faults['fake-key-a-00000000'] = fault
    const model = house.agent('a', inOrder)
    const { text, notes } = await ask(model)
    expect(text).toBe('paid by fake-key-b-00000000')
    expect(notes).toEqual([
      expect.stringMatching(
        /^profile fake:a was refused: .*in .*auth-profiles\.json|^profile fake:a was refused: /,
      ),
      'fake/model was called with profile fake:b',
    ])
    expect(house.warnings).toEqual([expect.stringContaining('agent a: profile fake:a was refused')])
    expect(house.keys()).toEqual(['fake-key-a-00000000', 'fake-key-b-00000000'])

    // It is left alone from then on, until its time has come.
    await ask(model)
    expect(house.keys().slice(2)).toEqual(['fake-key-b-00000000'])
    delete house.faults['fake-key-a-00000000']
    house.clock.now += (restMs ?? 1000 * 300 * MINUTE) - 1
    await ask(model)
    house.clock.now += 1
    await ask(model)
    const last = restMs === undefined ? 'b' : 'a'
    expect(house.keys().slice(3)).toEqual(['fake-key-b-00000000', `fake-key-${last}-00000000`])
  })

  it.each<readonly [string, ModelFault]>([
    ['is too long', { kind: 'refused', status: 400, code: 'context_length_exceeded' }],
    ['is too large', { kind: 'refused', status: 413, errorType: 'request_too_large' }],
    [
      'quotes an error',
      { kind: 'refused', status: 400, message: 'x: Your credit balance is too low' },
    ],
    ['asks for no such model', { kind: 'refused', status: 404 }],
    ['does not reach it', { kind: 'refused', status: 500 }],
    ['is cut off', { kind: 'cut', afterEvents: 0 }],
    ['fails in the middle', { kind: 'error-event', afterEvents: 6, errorType: 'overloaded_error' }],
  ])('no other profile is asked when the request %s', async (_what, fault) => {
    const house = await createHouse(api)
    await house.write('a', two)
    house.faults['fake-key-a-00000000'] = fault
    const { error, text } = await ask(house.agent('a', inOrder))
    expect(error).toBeDefined()
    expect(text).not.toContain('fake-key-b-00000000')
    expect(new Set(house.keys())).toEqual(new Set(['fake-key-a-00000000']))
    expect(house.warnings).toEqual([])
  })
})

describe('a stream', () => {
  it('that is refused before its first word counts as a refusal', async () => {
    const house = await createHouse()
    await house.write('a', two)
    house.faults['fake-key-a-00000000'] = { kind: 'error-event', afterEvents: 0 }
    expect((await ask(house.agent('a', inOrder))).text).toBe('paid by fake-key-b-00000000')
  })
})

describe('the profiles of an agent', () => {
  it('all refuse: the error names them, no key, and what passes first', async () => {
    const house = await createHouse()
    await house.write('a', { ...two, 'fake:c': keyOf('fake-key-c-00000000') })
    house.faults['fake-key-a-00000000'] = {
      kind: 'refused',
      status: 401,
      message: 'bad fake-key-a-00000000',
    }
    house.faults['fake-key-b-00000000'] = busy
    house.faults['fake-key-c-00000000'] = { kind: 'refused', status: 402 }
    const { error, notes } = await ask(house.agent('a'))
    expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { agent: 'a', status: 429 } })
    expect(error?.message).toMatch(
      /agent "a" called with profile fake:a, profile fake:b, profile fake:c/,
    )
    expect(notes[0]).toContain('Check the key in the profile "fake:a" in')
    expect(notes[0]).toContain('not used again until its key is replaced or a test passes')
    const state = await readFile(join(house.folder, 'a/auth-state.json'), 'utf8')
    const everything = [JSON.stringify([error, notes, house.warnings]), error?.stack, state].join()
    expect(everything).not.toMatch(/fake-key-.-0/)
  })

  it('rest longer with every refusal, those of one moment counted once', async () => {
    const house = await createHouse()
    await house.write('a', two)
    house.faults['fake-key-a-00000000'] = busy
    const model = house.agent('a', inOrder)
    const rests: number[] = []
    for (let round = 0; round < 4; round += 1) {
      house.clock.now += 24 * 60 * MINUTE - 1
      await Promise.all([ask(model), ask(model), ask(model)])
      const { profiles } = JSON.parse(
        await readFile(join(house.folder, 'a/auth-state.json'), 'utf8'),
      )
      rests.push((profiles['fake:a'].until - house.clock.now) / MINUTE)
    }
    expect(rests).toEqual([1, 5, 25, 60])
  })

  it('are asked even while they rest where there is nobody else, and never while their account is empty', async () => {
    const house = await createHouse()
    await house.write('a', { 'fake:a': keyOf('fake-key-a-00000000') })
    house.faults['fake-key-a-00000000'] = busy
    const model = house.agent('a')
    expect((await ask(model)).error?.code).toBe('RATE_LIMITED')
    delete house.faults['fake-key-a-00000000']
    expect((await ask(model)).text).toBe('paid by fake-key-a-00000000')
    house.faults['fake-key-a-00000000'] = { kind: 'refused', status: 402 }
    expect((await ask(model)).error?.code).toBe('OUT_OF_CREDIT')
    const before = house.keys().length
    const { error } = await ask(model)
    expect(house.keys()).toHaveLength(before)
    expect(error).toMatchObject({ code: 'OUT_OF_CREDIT' })
    expect(error?.message).toMatch(/fake:a \(rests until 2026-01-01T05:00:00\.000Z: .*402/)
  })

  it('begin anew with another key', async () => {
    const house = await createHouse()
    await house.write('a', { 'fake:a': keyOf('fake-key-a-00000000') })
    house.faults['fake-key-a-00000000'] = { kind: 'unauthorized' }
    const model = house.agent('a')
    await ask(model)
    const { error } = await ask(model)
    expect(house.keys()).toHaveLength(1)
    expect(error?.message).toContain(
      'Replace one with `junctor auth add --agent a --provider fake`',
    )
    await house.write('a', { 'fake:a': keyOf('fake-key-new-000000') })
    expect((await ask(model)).text).toBe('paid by fake-key-new-000000')
  })

  it('keep to their sessions, and take turns among new ones', async () => {
    const house = await createHouse()
    await house.write('a', two)
    const model = house.agent('a')
    const answers: string[] = []
    for (const session of ['s1', 's2', 's3', 's1', 's2', 's3'])
      answers.push((await ask(model, session)).text.slice(-10, -9))
    expect(answers).toEqual(['a', 'b', 'a', 'a', 'b', 'a'])
  })

  it('that are tokens come before keys, until they are over', async () => {
    const house = await createHouse()
    const token = {
      type: 'token',
      provider: 'fake',
      token: 'fake-token-000000',
      expires: house.clock.now + 5,
    }
    await house.write('a', { ...two, 'fake:t': token })
    const model = house.agent('a')
    expect((await ask(model)).text).toBe('paid by fake-token-000000')
    house.clock.now += 5
    expect((await ask(model)).text).toMatch(/fake-key-a/)
  })

  it('are those that the order names, and what the config says they are', async () => {
    const house = await createHouse()
    await house.write('a', two)
    const only = { rules: { order: ['fake:b'], terms: {} } }
    expect((await ask(house.agent('a', only))).text).toMatch(/fake-key-b/)
    const terms = { 'fake:b': { provider: 'fake', mode: 'token' as const } }
    const { error } = await ask(house.agent('a', { rules: { order: ['fake:b'], terms } }))
    expect(error?.message).toMatch(
      /fake:b \(not used: auth\.profiles says its type is token\), fake:a \(not used: the order of fake does not name it\)/,
    )
    await house.write('c', two, { order: { fake: ['fake:b', 'fake:a'] } })
    expect((await ask(house.agent('c'))).text).toMatch(/fake-key-b/)
  })

  it('are never lent to another agent, not even at the same time', async () => {
    const house = await createHouse()
    await house.write('a', { 'fake:a': keyOf('fake-key-a-00000000') })
    await house.write('b', { 'fake:a': keyOf('fake-key-b-00000000') })
    const [a, b, c] = [house.agent('a'), house.agent('b'), house.agent('c')]
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => ask([a, b, c][index % 3] ?? a, `s${index % 7}`)),
    )
    for (const [index, { text, error }] of answers.entries())
      if (index % 3 === 2) expect(error).toMatchObject({ code: 'UNAUTHORIZED' })
      else expect(text).toBe(`paid by fake-key-${'ab'[index % 3]}-00000000`)
    expect(answers[2]?.error?.message).toBe(
      `Agent "c" has no usable credentials for the provider "fake": there is none for it in ${join(house.folder, 'c/auth-profiles.json')}. Add one with \`junctor auth add --agent c --provider fake\`, or lend it those of the installation with auth.scope: "agent-then-shared".`,
    )
    await house.write('c', {})
    await copyFile(
      join(house.folder, 'b/auth-profiles.json'),
      join(house.folder, 'c/auth-profiles.json'),
    )
    expect((await ask(c)).text).toBe('paid by fake-key-b-00000000')
  })
})

describe('whose keys are used', () => {
  const theirs = { 'paid:x': keyOf('fake-key-x-00000000', { provider: 'paid' }) }
  const own = { 'paid:o': keyOf('fake-key-o-00000000', { provider: 'paid' }) }

  it.each([
    ['agent', ['o'], 'o'],
    ['agent', ['x'], 'UNAUTHORIZED'],
    ['shared', ['o', 'x'], 'x'],
    ['shared', ['o'], 'installation'],
    ['agent-then-shared', ['o', 'x'], 'o'],
    ['agent-then-shared', ['x'], 'x'],
    ['agent-then-shared', [], 'installation'],
    [undefined, ['o', 'x'], 'o'],
    [undefined, ['x'], 'installation'],
    [undefined, [], 'installation'],
    [undefined, ['empty'], 'UNAUTHORIZED'],
  ] as const)('with scope %s and files %j: %s', async (scope, files, payer) => {
    const house = await createHouse()
    for (const file of files) {
      if (file === 'o') await house.write('a', own)
      if (file === 'x') await house.write('.', theirs)
      if (file === 'empty') await house.write('a', {})
    }
    const model = house.agent('a', { scope }, 'paid')
    const { text, error, notes } = await ask(model)
    if (payer === 'UNAUTHORIZED') {
      expect(error?.code).toBe(payer)
      expect(await model.problem()).toBe(error?.message)
    } else {
      expect(text).toContain(payer === 'installation' ? 'key-of-installation' : `fake-key-${payer}`)
      expect(notes).toEqual(
        payer === 'installation' ? [] : [`paid/model was called with profile paid:${payer}`],
      )
      expect(await model.problem()).toBeUndefined()
    }
  })

  it('is said where nobody has one', async () => {
    const house = await createHouse()
    const { error } = await ask(house.agent('a', { scope: undefined }))
    expect(error?.message).toBe(
      `Agent "a" has no usable credentials for the provider "fake": there is none for it in ${join(house.folder, 'a/auth-profiles.json')} or models.providers.fake.apiKey. Add one with \`junctor auth add --agent a --provider fake\`.`,
    )
    const shared = await ask(house.agent('a', { scope: 'shared' }))
    expect(shared.error?.message).toContain('`junctor auth add --shared --provider fake`')
  })

  it('goes on from the own ones to the shared ones to the key of the installation', async () => {
    const house = await createHouse()
    await house.write('a', own)
    await house.write('.', theirs)
    house.faults['fake-key-o-00000000'] = busy
    house.faults['fake-key-x-00000000'] = { kind: 'unauthorized' }
    const { text, notes } = await ask(house.agent('a', { scope: 'agent-then-shared' }, 'paid'))
    expect(text).toBe('paid by key-of-installation')
    expect(notes.at(-1)).toBe("paid/model was called with the installation's key")
    // Each pool keeps its own record: the refusal of a shared profile counts for everybody.
    await expect(access(join(house.folder, 'auth-state.json'))).resolves.toBeUndefined()
  })
})

describe('the file', () => {
  it('is closed to others, and that is said', async () => {
    const house = await createHouse()
    await house.write('a', two)
    const path = join(house.folder, 'a/auth-profiles.json')
    await chmod(path, 0o644)
    expect((await ask(house.agent('a'))).text).toMatch(/paid by/)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(house.warnings).toEqual([
      `${path} could be read by other users of this machine; it is for its owner alone now (mode 600)`,
    ])
  })

  it('that cannot be used is said once for each version, without its words', async () => {
    const house = await createHouse()
    await house.write('a', two)
    const model = house.agent('a')
    const path = join(house.folder, 'a/auth-profiles.json')
    await writeFile(path, '{ "profiles": { "fake:a": fake-key-a-00000000 } }')
    await ask(model)
    const { error } = await ask(model)
    expect(error?.code).toBe('UNAUTHORIZED')
    expect(house.warnings).toEqual([`${path}:1:27  is no JSON from here on`])
  })
})

describe('the record of calls', () => {
  it('is right with two processes', async () => {
    const house = await createHouse()
    await house.write('a', two)
    house.faults['fake-key-a-00000000'] = busy
    house.faults['fake-key-b-00000000'] = { kind: 'unauthorized' }
    // Each agent() has a memory of its own, as a process has.
    const models = Array.from({ length: 8 }, () => house.agent('a'))
    await Promise.all(models.map((model) => ask(model)))
    const { profiles } = JSON.parse(await readFile(join(house.folder, 'a/auth-state.json'), 'utf8'))
    expect(profiles).toMatchObject({
      'fake:a': { refusal: 'busy', count: 1 },
      'fake:b': { refusal: 'key', count: 1 },
    })
  })

  it('that is no record is none', async () => {
    const house = await createHouse()
    await house.write('a', two)
    await writeFile(join(house.folder, 'a/auth-state.json'), '{ "profiles": { "fake:a": [] } ')
    expect((await ask(house.agent('a'))).text).toMatch(/fake-key-a/)
  })
})
