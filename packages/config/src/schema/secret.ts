import type { JsonValue } from '../config.ts'
import { toRecord } from '../record.ts'
import { anyText, type JsonSchema } from './json-schema.ts'
import {
  mustBe,
  mustHold,
  placeOf,
  quote,
  reader,
  type ReadContext,
  type Reader,
  type Source,
} from './reader.ts'

const variable = /\$\{([^{}]*)\}/g
/** How other systems and shells write a variable. No key looks like that. */
const otherVariable = /^\$(?:ENV:)?([A-Z_][A-Z0-9_]*)$/

const secretFile: JsonSchema = {
  type: 'object',
  properties: { $file: { ...anyText, description: 'The path of a file that holds the value.' } },
  required: ['$file'],
  additionalProperties: false,
}

/** Values with secrets inside them contain themselves, so this one has a name. */
const anythingName = 'anything'
export const anythingDefinition: Readonly<Record<string, JsonSchema>> = {
  [anythingName]: {
    anyOf: [
      secretFile,
      {
        not: { type: 'object', required: ['$file'] },
        items: { $ref: `#/definitions/${anythingName}` },
        additionalProperties: { $ref: `#/definitions/${anythingName}` },
      },
    ],
  },
}

/** A literal, text with `${NAME}` from the environment in it, or `{ "$file": "path" }`. Never blank. */
export const secret: Reader<string> = reader({ anyOf: [anyText, secretFile] }, (source, report) => {
  const { node } = source
  if (node.type === 'object') return readReference(source, report)
  if (node.type !== 'scalar' || typeof node.value !== 'string')
    return mustHold(source, report, 'text, "${NAME}" from the environment or { "$file": "path" }')
  const [whole, name] = otherVariable.exec(node.value) ?? []
  if (whole !== undefined) {
    const message = `${quote(whole)} would be the value itself, not that of a variable`
    report.error(placeOf(source), 'MISSING_SECRET', message, `write "\${${name}}"`)
    return undefined
  }
  if (node.value.trim() !== '') return expand(node.value, source, report)
  report.error(placeOf(source), 'MISSING_SECRET', 'is blank', 'write the value or "${NAME}"')
  return undefined
})

/** Any value at all, with every secret inside it resolved. */
export const anything: Reader<JsonValue> = reader(
  { $ref: `#/definitions/${anythingName}` },
  readAnything,
)

function readAnything(source: Source, report: ReadContext): JsonValue | undefined {
  const { node, path } = source
  if (node.type === 'array') {
    return node.elements
      .map((element, index) => readAnything({ node: element, path: [...path, index] }, report))
      .filter((value) => value !== undefined)
  }
  if (node.type === 'object') {
    if (node.members.some(({ key }) => key === '$file')) return readReference(source, report)
    return toRecord(
      node.members.flatMap(({ key, value }) => {
        const content = readAnything({ node: value, path: [...path, key] }, report)
        return content === undefined ? [] : [[key, content] as const]
      }),
    )
  }
  if (typeof node.value === 'string') return expand(node.value, source, report)
  if (typeof node.value === 'number' && !Number.isFinite(node.value))
    return mustBe(source, report, 'a finite number')
  return node.value
}

function expand(text: string, source: Source, report: ReadContext): string | undefined {
  const { env, asWritten = false } = report.secrets
  if (asWritten) return text
  const missing: string[] = []
  const value = text.replaceAll(variable, (_, name: string) => {
    const content = Object.hasOwn(env, name) ? env[name] : undefined
    if (content === undefined || content.trim() === '') missing.push(name)
    return content ?? ''
  })
  for (const name of missing) {
    if (name.trim() === '') {
      report.error(placeOf(source), 'MISSING_SECRET', '"${}" names no variable', 'write "${NAME}"')
      continue
    }
    const state = Object.hasOwn(env, name) && env[name] !== undefined ? 'blank' : 'not set'
    report.error(
      placeOf(source),
      'MISSING_SECRET',
      `the environment variable ${quote(name)} is ${state}`,
      `set ${name}, or write the value here`,
    )
  }
  return missing.length === 0 ? value : undefined
}

function readReference(source: Source, report: ReadContext): string | undefined {
  const { node } = source
  const { readSecretFile, asWritten = false } = report.secrets
  const [member, ...others] = node.type === 'object' ? node.members : []
  const path = member?.value.type === 'scalar' ? member.value.value : undefined
  if (
    member?.key !== '$file' ||
    others.length > 0 ||
    typeof path !== 'string' ||
    path.trim() === ''
  )
    return mustHold(source, report, 'text, "${NAME}" from the environment or { "$file": "path" }')
  if (asWritten) return `{ "$file": ${quote(path)} }`
  if (readSecretFile === undefined) {
    const message = `the secret file ${quote(path)} cannot be read here`
    report.error(placeOf(source), 'MISSING_SECRET', message, 'use "${NAME}" from the environment')
    return undefined
  }
  try {
    const content = readSecretFile(path).replace(/\r?\n$/, '')
    if (content.trim() !== '') return content
    const message = `the secret file ${quote(path)} is blank`
    report.error(placeOf(source), 'MISSING_SECRET', message, 'write the value into it')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `the secret file ${quote(path)} cannot be read: ${reason}`
    const hint = 'put the value into a file there, which this user may read'
    report.error(placeOf(source), 'MISSING_SECRET', message, hint)
  }
  return undefined
}
