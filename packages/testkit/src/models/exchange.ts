import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JsonObject } from '@junctor/agent'
import type { Dialect } from './dialect.ts'
import { isObject, toText, type ModelServerRequest } from './request.ts'

export type Entry = { -readonly [Key in keyof ModelServerRequest]: ModelServerRequest[Key] }

/** One request on its way to its answer. */
export interface Exchange {
  readonly dialect: Dialect
  readonly response: ServerResponse
  readonly entry: Entry
  droppedByServer: boolean
}

/** A request as it is recorded; how it ended is filled in later. */
export function createEntry(
  dialect: Dialect,
  path: string,
  { headers }: IncomingMessage,
  body: JsonObject,
): Entry {
  return {
    api: dialect.api,
    path,
    headers,
    body,
    model: toText(body['model']),
    stream: body['stream'] === true,
    ...dialect.facts(body),
    aborted: false,
    answered: false,
  }
}

/** `undefined` for anything but a JSON object. */
export function parseBody(text: string): JsonObject | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? body : undefined
  } catch {
    return undefined
  }
}
