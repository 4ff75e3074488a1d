import type { WebToolsConfig } from '../tools-config.ts'
import { list } from './collections.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { refine, text, wholeNumber } from './scalars.ts'

const hostPattern = '^(?:\\*\\.)?[^\\s/*?#@]+$'
const host = refine(
  text('a host'),
  (written) =>
    new RegExp(hostPattern, 'u').test(written)
      ? { value: written }
      : {
          message: `${JSON.stringify(written.slice(0, 80))} is not a host`,
          hint: 'write a name, "*.name" or an address, with or without ":port"',
        },
  { type: 'string', pattern: hostPattern },
)

export const web: Reader<WebToolsConfig> = object(
  {},
  {
    fetch: described(
      object(
        {},
        {
          privateHosts: described(
            list(host),
            'Hosts that may be read though they are not on the public internet: names, "*.name" and addresses, with or without a port.',
          ),
          maxBytes: described(wholeNumber(1), 'Bytes read of one answer. Default: 2,000,000.'),
          timeoutMs: described(
            wholeNumber(1, 2_147_483_647),
            'For one answer, in milliseconds. Default: 30,000.',
          ),
        },
      ),
      'The tool web_fetch.',
    ),
  },
  { unavailable: ['search'] },
)
