import type { CronConfig } from '../config.ts'
import { defaultCron } from '../defaults/default-values.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { boolean, oneOf, wholeNumber } from './scalars.ts'

export const cron: Reader<Partial<CronConfig>> = object(
  {},
  {
    enabled: described(boolean(), 'false: no job is made, and none runs.', defaultCron.enabled),
    maxJobs: described(wholeNumber(0, 1_000), 'Jobs that one agent may have.', defaultCron.maxJobs),
    shortestIntervalMs: described(
      wholeNumber(1_000),
      'How far apart the runs of a job are at least.',
      defaultCron.shortestIntervalMs,
    ),
    missed: described(
      oneOf('run', 'skip'),
      'What becomes of a job that was due while nothing ran here: one run, late, or none.',
      defaultCron.missed,
    ),
  },
)
