/** A value of the text and where it stands: offsets in UTF-16 code units, `end` exclusive. */
export type Node = ObjectNode | ArrayNode | ScalarNode

interface Placed {
  readonly start: number
  readonly end: number
  /** True for what the text leaves out and its system takes for granted; it stands where its surroundings do. */
  readonly implied?: true
  /** True for a list or object that the text does not have around this: it stands where the first thing in it does. */
  readonly made?: true
}

export interface ObjectNode extends Placed {
  readonly type: 'object'
  readonly members: readonly Member[]
}

export interface Member {
  readonly key: string
  readonly keyStart: number
  readonly value: Node
}

export interface ArrayNode extends Placed {
  readonly type: 'array'
  readonly elements: readonly Node[]
}

export interface ScalarNode extends Placed {
  readonly type: 'scalar'
  readonly value: string | number | boolean | null
}
