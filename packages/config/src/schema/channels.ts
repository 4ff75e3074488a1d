import type { Member } from '../json5/node.ts'
import { toRecord } from '../record.ts'
import type { Report } from '../report.ts'
import {
  access,
  accountsWith,
  builtInSettings,
  packageSettings,
  withSettings,
  type AccountInput,
  type AccountsInput,
} from './accounts.ts'
import type { Settings } from './channel-settings.ts'
import { inAnyCase, nothing, type JsonSchema } from './json-schema.ts'
import { nearest } from './nearest.ts'
import { object } from './object.ts'
import { described, mustHold, quote, reader, type Reader, type Source } from './reader.ts'
import { refine, text } from './scalars.ts'

export interface ChannelInput {
  readonly defaults: AccountInput
  /** Undefined when the file names none: then there is one, `default`. */
  readonly accounts: AccountsInput | undefined
  readonly package: string | undefined
}

const laterChannels = ['signal', 'imessage']
const packageName = described(
  text('the name of an npm package'),
  'The npm package that brings the channel.',
)
const builtInPackage: Reader<string> = reader<string>(nothing, ({ node, path }, report) => {
  const message = `the channel ${quote(String(path.at(-2)))} is built in`
  report.error({ path, offset: node.start }, 'INVALID_VALUE', message, 'remove "package"')
  return undefined
})

const builtIn: ReadonlyMap<string, Reader<ChannelInput>> = new Map(
  [...builtInSettings].map(([name, settings]) => [name, channelWith(settings, builtInPackage)]),
)
const fromPackage = channelWith(packageSettings, packageName)

/** Everything of the configuration's `channels`. */
export const channels: Reader<Readonly<Record<string, ChannelInput>>> = reader(
  channelsSchema(),
  ({ node, path }, report) => {
    if (node.type !== 'object') return mustHold({ node, path }, report, 'an object')
    const entries: [string, ChannelInput][] = []
    for (const member of node.members) {
      const source = { node: member.value, path: [...path, member.key] }
      const name = member.key.toLowerCase()
      if (entries.some(([known]) => known === name))
        report.error(
          { path: source.path, offset: member.keyStart },
          'DUPLICATE_ID',
          `the channel ${quote(name)} is there twice: upper and lower case make no difference`,
        )
      const read =
        builtIn.get(name) ?? (isFromPackage(name, member, source, report) ? fromPackage : undefined)
      const channel = read?.(source, report)
      if (channel !== undefined) entries.push([name, channel])
    }
    return toRecord(entries)
  },
)

/** Names of channels in any mixture of upper and lower case; the canonical one is what editors offer. */
function channelsSchema(): JsonSchema {
  const names = [...builtIn.keys()]
  const inOtherCase = (name: string) => `^(?!${name}$)${inAnyCase(name)}$`
  return {
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' },
    properties: Object.fromEntries(
      [...builtIn].map(([name, { schema }]) => [
        name,
        { ...schema, description: `The accounts of the channel ${name}.` },
      ]),
    ),
    patternProperties: Object.fromEntries(
      names.map((name) => [
        inOtherCase(name),
        { $ref: `#/properties/channels/properties/${name}` },
      ]),
    ),
    additionalProperties: { ...fromPackage.schema, required: ['package'] },
  }
}

function isFromPackage(name: string, member: Member, source: Source, report: Report): boolean {
  const { node, path } = source
  const place = { path, offset: member.keyStart }
  if (node.type === 'object' && node.members.some(({ key }) => key === 'package')) {
    if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) return true
    const message = `${quote(name)} cannot be a channel's name`
    report.error(place, 'INVALID_ID', message, 'use a-z, 0-9, "_" and "-"')
  } else if (laterChannels.includes(name)) {
    const message = `the channel ${quote(name)} is not available in this version`
    report.unavailable(place, message, 'remove it')
  } else {
    const suggestion = nearest(name, [...builtIn.keys()])
    report.error(
      place,
      'UNKNOWN_CHANNEL',
      `there is no built-in channel ${quote(name)}`,
      suggestion === undefined
        ? 'name the npm package that brings it: package: "…"'
        : `did you mean "${suggestion}"?`,
    )
  }
  return false
}

function channelWith(settings: Reader<Settings>, origin: Reader<string>): Reader<ChannelInput> {
  const shared = {
    ...access,
    accounts: described(
      accountsWith(settings),
      'Account name → its settings; what the channel says holds for each. Without it there is one, default.',
    ),
    package: origin,
  }
  const read = withSettings(object({}, shared), Object.keys(shared), settings)
  return refine(read, ({ accounts, package: name, ...defaults }) => ({
    value: { defaults, accounts, package: name },
  }))
}
