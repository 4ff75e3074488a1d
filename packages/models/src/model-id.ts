import { ModelError } from '@junctor/agent'

export interface ModelId {
  readonly provider: string
  /** As configured; it reaches the provider unchanged. */
  readonly model: string
}

export interface KnownProviders {
  /** Those that can be named: configured or built in. */
  readonly known: readonly string[]
  /** Those under `models.providers`. */
  readonly configured: readonly string[]
}

/** Who makes the models whose bare names begin like this. */
const makers: readonly (readonly [prefix: string, provider: string])[] = [
  ['claude', 'anthropic'],
  ['gpt', 'openai'],
  ['chatgpt', 'openai'],
  ['o1', 'openai'],
  ['o3', 'openai'],
  ['o4', 'openai'],
  ['gemini', 'google'],
  ['mistral', 'mistral'],
  ['codestral', 'mistral'],
  ['deepseek', 'deepseek'],
  ['grok', 'xai'],
]

/**
 * `provider/model` names its provider. A bare name goes to its maker when that one is known, else to the sole configured
 * provider. Anything else is `UNKNOWN_MODEL`.
 */
export function parseModelId(
  id: string,
  aliases: Readonly<Record<string, string>>,
  providers: KnownProviders,
): ModelId {
  const target = (Object.hasOwn(aliases, id) ? aliases[id] : undefined) ?? id
  const slash = target.indexOf('/')
  if (slash !== -1) {
    const provider = target.slice(0, slash)
    const model = target.slice(slash + 1)
    if (model.trim() !== '' && providers.known.includes(provider)) return { provider, model }
    throw unknownModel(id, target, provider, providers)
  }
  const maker = makers.find(([prefix]) => target.startsWith(prefix))?.[1]
  const [sole, ...others] = providers.configured
  const provider =
    maker !== undefined && providers.known.includes(maker)
      ? maker
      : others.length === 0
        ? sole
        : undefined
  if (provider !== undefined && target.trim() !== '') return { provider, model: target }
  throw unknownModel(id, target, maker ?? '', providers)
}

function unknownModel(
  id: string,
  target: string,
  provider: string,
  { known }: KnownProviders,
): ModelError {
  const alias = id === target ? '' : ` (which models.aliases turns into "${target}")`
  const setting = provider === '' ? 'models.providers' : `models.providers.${provider}`
  return new ModelError(
    provider,
    'UNKNOWN_MODEL',
    `No provider serves the model "${id}"${alias}. Known providers: ${known.join(', ')}. Write it as "provider/model" with one of them, or add its provider under ${setting}.`,
    { details: { model: id } },
  )
}
