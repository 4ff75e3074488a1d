import type { ConfigSchema } from '@junctor/channel'

/** What an account's entry in the config holds beside the keys that every channel has. */
export interface Config {
  readonly token: string
}

/** Any Standard Schema will do (zod, valibot, arktype). Say what is wrong, and never repeat a secret. */
export const configSchema: ConfigSchema<Config> = {
  '~standard': {
    version: 1,
    vendor: 'junctor-channel-__name__',
    validate(value) {
      const token = typeof value === 'object' && value !== null && 'token' in value && value.token
      return typeof token === 'string' && token !== ''
        ? { value: { token } }
        : { issues: [{ message: '"token" is missing' }] }
    },
  },
}
