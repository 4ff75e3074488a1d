import type { BrowserConfig } from '../tools-config.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { boolean, text } from './scalars.ts'

/** The `browser` section as it is written. */
export const browser: Reader<BrowserConfig> = object(
  {},
  {
    executablePath: described(
      text('a path'),
      'Where Chromium is. Default: where systems install it.',
    ),
    noSandbox: described(
      boolean(),
      'Runs Chromium without its own sandbox, which root and many containers cannot have. Default: false.',
    ),
  },
)
