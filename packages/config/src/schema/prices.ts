import type { ModelPrice } from '../config.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { number } from './scalars.ts'

/** What a model costs. */
export const price: Reader<ModelPrice> = object(
  {
    input: described(number(0), 'US dollars for a million tokens that the model reads.'),
    output: described(number(0), 'US dollars for a million tokens that the model writes.'),
  },
  {
    cachedInput: described(
      number(0),
      'US dollars for a million tokens that it reads from its cache. Default: as input.',
    ),
  },
)
