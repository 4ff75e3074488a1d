export { channel } from './irc.ts'
