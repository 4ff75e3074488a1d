import type { Member, Node } from '@junctor/config'
import { secretField, type Entry, type Source } from './entry.ts'
import type { ProfileType } from './profile.ts'
import type { Problems } from './problems.ts'

const types: ReadonlyMap<string, ProfileType> = new Map([
  ['api_key', 'api_key'],
  ['apiKey', 'api_key'],
  ['token', 'token'],
  ['oauth', 'oauth'],
])

/** Spellings of the secret, the one that counts first; where none is written out, the one that refers to it. */
const spellings: Readonly<Record<ProfileType, readonly string[]>> = {
  api_key: ['keyRef', 'key', 'apiKey'],
  token: ['token', 'tokenRef'],
  oauth: ['access'],
}

/** Fields that the systems of this family write. They are kept, and most of them mean nothing to a provider. */
const known: ReadonlySet<string> = new Set(
  (
    'type mode provider email expires displayName metadata copyToAgents key apiKey keyRef token tokenRef access refresh ' +
    'idToken clientId enterpriseUrl projectId accountId chatgptPlanType subscriptionType rateLimitTier refreshDeadAt oauthRef'
  ).split(' '),
)

interface Place {
  readonly id: string
  readonly path: readonly string[]
  readonly node: Node
  /** Of a file that names its entries by provider. */
  readonly impliedProvider?: string
}

/** One entry of either shape. Undefined, with a problem, when it cannot be used. */
export function readEntry(place: Place, problems: Problems): Entry | undefined {
  const { id, path, node, impliedProvider } = place
  // The oldest files hold nothing but keys.
  if (impliedProvider !== undefined && node.type === 'scalar' && typeof node.value === 'string')
    return {
      id,
      provider: impliedProvider,
      type: 'api_key',
      source: sourceOfText(node.value),
      sourcePath: path,
      expiresAt: undefined,
      email: undefined,
      others: [],
      node,
    }
  if (node.type !== 'object')
    return problems.setAside(
      place,
      'INVALID_TYPE',
      'must be an object such as { type, provider, key }',
    )
  const fields = new Map(node.members.map((member) => [member.key, member]))
  const type = readType(fields, place, problems)
  if (type === undefined) return undefined
  const provider = textOf(fields.get('provider'))?.trim() ?? impliedProvider ?? ''
  if (provider === '')
    return problems.setAside(
      { ...place, type },
      'MISSING_KEY',
      'has no "provider", such as "anthropic"',
    )
  const found = spellings[type].map((name) => fields.get(name)).find((field) => field !== undefined)
  if (found === undefined)
    return problems.setAside({ ...place, type, provider }, 'MISSING_KEY', lackOf(type, fields))
  const sourcePath = [...path, found.key]
  const source = sourceOf(found.value)
  if (source === undefined)
    return problems.setAside(
      { ...place, type, provider, path: sourcePath, node: found.value },
      'NOT_AVAILABLE',
      `is kept where this version does not look: write the text, "\${NAME}" from the environment or { "$file": "path" } as "${secretField[type]}"`,
    )
  for (const { key, keyStart } of node.members)
    if (!known.has(key))
      problems.warn(
        { path: [...path, key], offset: keyStart },
        'UNKNOWN_KEY',
        `unknown field ${JSON.stringify(key)}; it is kept and not used`,
      )
  const taken = new Set(['type', 'mode', 'provider', 'email', 'expires', ...spellings[type]])
  return {
    id,
    provider,
    type,
    source,
    sourcePath,
    expiresAt: readExpiry(fields.get('expires'), path, problems),
    email: textOf(fields.get('email')),
    others: node.members.filter(({ key }) => !taken.has(key)),
    node: found.value,
  }
}

function readType(
  fields: ReadonlyMap<string, Member>,
  place: Place,
  problems: Problems,
): ProfileType | undefined {
  const field = fields.get('type') ?? fields.get('mode')
  if (field === undefined) {
    // The files that came first tell the type by the name of the secret.
    if (fields.has('key') || fields.has('apiKey') || fields.has('keyRef')) return 'api_key'
    if (fields.has('access') || fields.has('refresh')) return 'oauth'
    if (fields.has('token') || fields.has('tokenRef')) return 'token'
    return problems.setAside(place, 'MISSING_KEY', 'has no "type": api_key, token or oauth')
  }
  const type = types.get(textOf(field) ?? '')
  if (type !== undefined) return type
  const at = { ...place, path: [...place.path, field.key], node: field.value }
  return problems.setAside(at, 'INVALID_VALUE', 'must be "api_key", "token" or "oauth"')
}

function lackOf(type: ProfileType, fields: ReadonlyMap<string, Member>): string {
  if (type === 'oauth' && fields.has('refresh'))
    return 'has a refresh token alone, and this version renews none: sign in again, or add an API key'
  return `has no "${secretField[type]}", which is what a profile of type "${type}" holds`
}

function readExpiry(
  field: Member | undefined,
  path: readonly string[],
  problems: Problems,
): number | undefined {
  if (field === undefined) return undefined
  const { value } = field
  if (value.type === 'scalar' && typeof value.value === 'number' && value.value > 0)
    return value.value
  problems.warn(
    { path: [...path, 'expires'], offset: value.start },
    'INVALID_VALUE',
    'is no time in milliseconds since 1970 and is not looked at',
  )
  return undefined
}

function sourceOf(node: Node): Source | undefined {
  if (node.type === 'scalar')
    return typeof node.value === 'string' ? sourceOfText(node.value) : undefined
  if (node.type !== 'object') return undefined
  const fields = new Map(node.members.map((member) => [member.key, textOf(member)]))
  const path = fields.get('$file')
  if (path !== undefined && fields.size === 1) return { kind: 'file', path }
  const name = fields.get('id')
  return fields.get('source') === 'env' && name !== undefined
    ? { kind: 'environment', name }
    : undefined
}

function sourceOfText(text: string): Source {
  const name = /^\$\{(\w+)\}$/.exec(text.trim())?.[1]
  return name === undefined ? { kind: 'literal', text } : { kind: 'environment', name }
}

function textOf(member: Member | undefined): string | undefined {
  const node = member?.value
  return node?.type === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}
