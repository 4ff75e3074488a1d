export { ChannelPackageError } from './errors.ts'
export type { ChannelPackageErrorCode } from './errors.ts'
export { loadIsolatedChannel } from './isolated-channel.ts'
export type { IsolatedChannelOptions } from './isolated-channel.ts'
