export { channel } from './channel.ts'
