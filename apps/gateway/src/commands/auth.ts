import { addProfile, removeProfile, type NewProfile } from '@junctor/credentials'
import { hasCode } from '@junctor/errors'
import { Option, type Command } from 'commander'
import { listProfiles, type ListedProfile } from '../auth/list-profiles.ts'
import { agentOwner, ownerOf, sharedOwner, type Owner, type OwnerOptions } from '../auth/owners.ts'
import type { TestedProfile } from '../auth/test-profiles.ts'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { loadEffectiveConfig } from '../load-config.ts'
import { readSecret } from '../read-secret.ts'
import { table } from '../table.ts'

interface Options extends OwnerOptions {
  readonly json?: boolean
}

interface AddOptions extends Options {
  readonly provider?: string
  readonly profile?: string
  readonly type: NewProfile['type']
  readonly env?: string
  readonly expires?: string
  readonly email?: string
  readonly key?: string
}

interface TestOptions extends Options {
  readonly profile?: string
  readonly model?: string
}

/** `auth`: files that a running gateway reads again by itself, so that it is not asked. */
export function addAuthCommands(program: Command, context: CliContext): void {
  const auth = program
    .command('auth')
    .description("keys of model providers: each agent's own, and those of the installation")

  const command = (name: string, description: string): Command =>
    auth
      .command(name)
      .description(description)
      .option('--agent <id>', 'whose they are')
      .option('--shared', 'those of the installation, which auth.scope lends to agents')
      .option('--json', 'print JSON')

  command('add', 'add a key, or replace it: it is asked for, or read from standard input')
    .argument('[key...]')
    .option(
      '--provider <name>',
      "who takes it (default: as the profile is called, else the provider of the agent's model)",
    )
    .option('--profile <id>', 'what it is called (default <provider>:default)')
    .addOption(
      new Option('--type <type>', 'what it is').choices(['api_key', 'token']).default('api_key'),
    )
    .option('--env <name>', 'read it from this environment variable, once')
    .option('--expires <time>', 'until when a token is good, such as 2026-12-31T12:00Z')
    .option('--email <address>', 'whose account it is, for people who read the list')
    .addOption(new Option('--key <key>').hideHelp())
    .action((words: readonly string[], options: AddOptions) => add(words, options, context))

  command('list', 'what there is and what it has come to; never a key').action((options: Options) =>
    list(options, context),
  )

  command('test', 'make one small request with each key; one that works is used again')
    .option('--profile <id>', 'only this one')
    .option('--model <id>', "provider/model to ask (default: the agent's own)")
    .action((options: TestOptions) => test(options, context))

  command('remove', 'take a key away')
    .argument('<profile>', 'its id, as `auth list` shows it')
    .action((profile: string, options: Options) => remove(profile, options, context))
}

async function add(
  words: readonly string[],
  options: AddOptions,
  context: CliContext,
): Promise<void> {
  if (words.length > 0 || options.key !== undefined)
    throw new CliError(
      'USAGE',
      'A key is not taken from the command line: it would stay in the history of the shell and in the list of processes. Leave it away and it is asked for, pipe it in, or name a variable with --env. If what you wrote is a key, replace it at the provider.',
    )
  const { config } = await loadEffectiveConfig(context)
  const owner = ownerOf(config, options, context)
  // A key is never sent to another provider than its profile is called after.
  const named = /^([^:]+):/.exec(options.profile ?? '')?.[1]
  const provider = options.provider ?? named ?? providerOf(owner)
  const id = options.profile ?? `${provider}:default`
  const profile: NewProfile = {
    id,
    provider,
    type: options.type,
    secret: await secretFrom(options.env, `Key of ${provider} for ${owner.name}: `, context),
    ...expiryOf(options.expires),
    ...(options.email === undefined ? {} : { email: options.email }),
  }
  const outcome = await inPlainWords(() => addProfile(owner.path, profile))
  await owner.pool.state.forget(id)
  const found = (await listProfiles(owner, config)).find((each) => each.profile === id)
  if (options.json === true)
    return context.print(JSON.stringify({ outcome, ...found }, undefined, 2))
  const ending = found?.ending === undefined ? '' : ` (…${found.ending})`
  context.print(`Profile ${id}${ending} of ${owner.name} is ${outcome}: ${owner.path}`)
  for (const line of hintsOf(owner, provider)) context.print(line)
}

/** What else has to be so that the key is used. */
function hintsOf({ agent }: Owner, provider: string): readonly string[] {
  if (agent === undefined) return []
  const names = [agent.model, ...agent.fallbacks]
  return names.some((name) => name.startsWith(`${provider}/`))
    ? ['It is used from the next call on, by a running gateway too.']
    : [
        `Agent ${agent.id} asks ${names.join(', ')}: write model: "${provider}/<name>" for it to use this key.`,
      ]
}

async function list(options: Options, context: CliContext): Promise<void> {
  const { config } = await loadEffectiveConfig(context)
  const owners =
    options.agent !== undefined || options.shared === true
      ? [ownerOf(config, options, context)]
      : [
          ...config.agents.list.map((agent) => agentOwner(agent, context)),
          sharedOwner(config, context),
        ]
  const lists = await Promise.all(
    owners.map(async (owner) => ({ owner, profiles: await listProfiles(owner, config) })),
  )
  if (options.json === true)
    return context.print(
      JSON.stringify(
        lists.flatMap(({ profiles }) => profiles),
        undefined,
        2,
      ),
    )
  for (const { owner, profiles } of lists) {
    const scope =
      owner.agent === undefined ? '' : `, scope ${owner.agent.auth.scope ?? 'not written'}`
    context.print(`${owner.name} (${owner.path}${scope})`)
    const rows = profiles.map(rowOf)
    for (const line of table(rows.length === 0 ? [['  none']] : rows)) context.print(line)
  }
}

function rowOf({
  profile,
  provider = '',
  type = '',
  ending,
  state,
  reason,
}: ListedProfile): readonly string[] {
  return [`  ${profile}`, provider, type, ending === undefined ? '' : `…${ending}`, reason ?? state]
}

async function test(options: TestOptions, context: CliContext): Promise<void> {
  const { config } = await loadEffectiveConfig(context)
  const owner = ownerOf(config, options, context)
  const { testProfiles } = await import('../auth/test-profiles.ts')
  const { env } = context
  const tested = await testProfiles(owner, config, {
    env,
    model: options.model,
    profile: options.profile,
  })
  if (tested.length === 0)
    throw new CliError(
      'NOT_FOUND',
      `There is no ${options.profile === undefined ? 'usable profile' : `usable profile "${options.profile}"`} in ${owner.path}.`,
    )
  if (tested.some(({ works }) => !works)) context.exitCode = exitCodes.failed
  if (options.json === true) return context.print(JSON.stringify(tested, undefined, 2))
  for (const each of tested) context.print(describeTest(each))
}

function describeTest({ profile, model = '', works, reason = '' }: TestedProfile): string {
  return works ? `✓ ${profile}: ${model} takes it` : `✗ ${profile}: ${reason}`
}

async function remove(profile: string, options: Options, context: CliContext): Promise<void> {
  const { config } = await loadEffectiveConfig(context)
  const owner = ownerOf(config, options, context)
  await inPlainWords(() => removeProfile(owner.path, profile))
  await owner.pool.state.forget(profile)
  if (options.json === true)
    return context.print(JSON.stringify({ profile, path: owner.path }, undefined, 2))
  context.print(`Profile ${profile} of ${owner.name} is removed from ${owner.path}.`)
}

function providerOf({ agent }: Owner): string {
  const [provider = ''] = agent?.model.split('/', 1) ?? []
  if (agent !== undefined && provider !== 'demo') return provider
  throw new CliError(
    'USAGE',
    'Say which provider takes the key: --provider anthropic, for instance.',
  )
}

async function secretFrom(
  name: string | undefined,
  question: string,
  context: CliContext,
): Promise<string> {
  if (name === undefined) return readSecret(question)
  const value = context.env[name]
  if (value !== undefined) return value
  throw new CliError('USAGE', `The environment variable "${name}" is not set.`)
}

function expiryOf(text: string | undefined): { readonly expiresAt?: number } {
  if (text === undefined) return {}
  const expiresAt = Date.parse(text)
  if (!Number.isNaN(expiresAt)) return { expiresAt }
  throw new CliError('USAGE', `"${text}" is no time: write one such as 2026-12-31T12:00Z.`)
}

async function inPlainWords<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_PROFILE'))
      throw new CliError('NOT_FOUND', error.message, { cause: error })
    if (hasCode(error, 'INVALID_SECRET'))
      throw new CliError('USAGE', error.message, { cause: error })
    throw error
  }
}
