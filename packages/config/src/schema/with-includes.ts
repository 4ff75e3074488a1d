import { anyText, type JsonSchema } from './json-schema.ts'

const include: JsonSchema = {
  anyOf: [anyText, { type: 'array', items: anyText, minItems: 1 }],
  description: 'A file, or several, whose content stands here; keys beside it win.',
}

/** The schema of a file that may have `$include` wherever it has an object, or in the place of a list. */
export function withIncludes(schema: JsonSchema): JsonSchema {
  const { properties, patternProperties, additionalProperties, items, anyOf, definitions } = schema
  const inside: JsonSchema = {
    ...schema,
    ...(properties === undefined ? {} : { properties: each(properties) }),
    ...(patternProperties === undefined ? {} : { patternProperties: each(patternProperties) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: withIncludes(additionalProperties) }
      : {}),
    ...(items === undefined ? {} : { items: withIncludes(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(withIncludes) }),
    ...(definitions === undefined ? {} : { definitions: each(definitions) }),
  }
  if (schema.type === 'object') return includingObject(inside)
  return schema.type === 'array' ? includingList(inside) : inside
}

function includingObject({ required, propertyNames, properties, ...rest }: JsonSchema): JsonSchema {
  return {
    ...rest,
    properties: { ...properties, $include: include },
    ...(propertyNames === undefined
      ? {}
      : { propertyNames: { anyOf: [propertyNames, { enum: ['$include'] }] } }),
    // The file that is included may have what is required.
    ...(required === undefined ? {} : { anyOf: [{ required }, { required: ['$include'] }] }),
  }
}

/** Keywords of JSON Schema concern the type that they belong to, so one schema can take a list or the object that includes one. */
function includingList(list: JsonSchema): JsonSchema {
  return {
    ...list,
    type: ['array', 'object'],
    properties: { $include: include },
    required: ['$include'],
    additionalProperties: false,
  }
}

function each(schemas: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(schemas).map(([key, schema]) => [key, withIncludes(schema)]),
  )
}
