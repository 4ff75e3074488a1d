export { whatsapp } from './whatsapp.ts'
export type { WhatsAppOptions } from './options.ts'
export type { WhatsAppConfig } from './config.ts'
