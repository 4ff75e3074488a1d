import { flavours, type Config, type Reading } from '@junctor/config'
import type { Gateway } from '@junctor/gateway'

export interface BannerOptions {
  readonly gateway: Gateway
  readonly config: Config
  readonly reading: Reading
  readonly configPath: string
  readonly isFirstStart: boolean
  /** The bearer token, when it was made just now. */
  readonly newToken: { readonly token: string; readonly path: string } | undefined
  /** What a person types for another command. */
  readonly command: string
  readonly url: string
  readonly loginUrl: string
}

/** What a person sees when the gateway is up: where the page is and what to do next. */
export function describeStart(options: BannerOptions): readonly string[] {
  const { gateway, config, reading, configPath, isFirstStart, newToken, command, url, loginUrl } =
    options
  const agents = gateway.agents()
  const isDemo = agents.some(({ model }) => model.startsWith('demo/'))
  const names = agents.map(({ id, isDefault }) => (isDefault ? `${id} (default)` : id)).join(', ')
  return [
    '',
    `Junctor is running at ${url}`,
    `  agents   ${names}`,
    `  config   ${configPath}${isFirstStart ? ' (a starter config, written just now)' : ''}`,
    ...(reading.flavour === 'junctor'
      ? []
      : [
          `           (a file of ${flavours[reading.flavour].title}, read as it is; \`${command} config migrate\` shows it in our shape and what differs)`,
        ]),
    ...(isDemo
      ? [
          '  model    demo model, no key needed; set ANTHROPIC_API_KEY or OPENAI_API_KEY for real answers',
        ]
      : []),
    ...(newToken === undefined
      ? []
      : [`  token    ${newToken.token} (for programs; shown this once, kept in ${newToken.path})`]),
    '',
    ...(Object.hasOwn(config.channels, 'web')
      ? [
          `Chat in the browser (this link works once; \`${command} login\` makes another):`,
          `  ${loginUrl}`,
          '',
        ]
      : []),
    'Next: put a bot token under channels.telegram in the config and enable it, or try',
    `  ${command} route test --channel telegram --account support --peer dm:123456`,
    'Stop with Ctrl+C.',
    '',
  ]
}
