export type { PageEvent } from './page-event.ts'
export { web } from './web.ts'
export type { WebConfig, WebOptions } from './web.ts'
