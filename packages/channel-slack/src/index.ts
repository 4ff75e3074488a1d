export { slack } from './slack.ts'
export type { SlackOptions } from './options.ts'
export type { SlackConfig } from './config.ts'
