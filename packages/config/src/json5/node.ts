/** A value of the text and where it stands: offsets in UTF-16 code units, `end` exclusive. */
export type Node = ObjectNode | ArrayNode | ScalarNode

export interface ObjectNode {
  readonly type: 'object'
  readonly members: readonly Member[]
  readonly start: number
  readonly end: number
}

export interface Member {
  readonly key: string
  readonly keyStart: number
  readonly value: Node
}

export interface ArrayNode {
  readonly type: 'array'
  readonly elements: readonly Node[]
  readonly start: number
  readonly end: number
}

export interface ScalarNode {
  readonly type: 'scalar'
  readonly value: string | number | boolean | null
  readonly start: number
  readonly end: number
}
