import type { ChatCommand } from './command.ts'

const NAME = 'elevated'

export const elevated: ChatCommand = {
  name: NAME,
  description: 'Show or set whether commands leave the sandbox',
  argument: '[on|off]',
  when: 'at once',
  access: () => 'anyone',
  async prepare({ argument, agent, route, envelope, prepared }) {
    const { sessionKey } = route
    if (prepared.sandbox(sessionKey) === undefined)
      return () => ({ text: 'This conversation has no sandbox: commands run on the host.' })
    const { channel, sender } = envelope
    const refused = prepared.elevation(sessionKey, [{ channel, senderId: sender.id }])
    const why = refused === undefined ? '' : `\nFor you they never do: ${refused}.`
    switch (argument) {
      case '': {
        const isOn = (await agent.session(sessionKey))?.settings[NAME] === 'on'
        const where = isOn ? 'leave the sandbox, for those who may' : 'stay in the sandbox'
        return () => ({
          text: `Commands ${where} (\`/${NAME} ${isOn ? 'off' : 'on'}\` changes it).${why}`,
        })
      }
      case 'off':
        return () => ({
          text: 'From the next message on commands stay in the sandbox.',
          session: { settings: { [NAME]: null } },
        })
      case 'on':
        return refused === undefined
          ? () => ({
              text: 'From the next message on commands run on the host, where everybody who is answered may have that.',
              session: { settings: { [NAME]: 'on' } },
            })
          : () => ({ text: `Commands stay in the sandbox: ${refused}.` })
      default:
        return () => ({ text: `Write \`/${NAME} on\` or \`/${NAME} off\`. Nothing was changed.` })
    }
  },
}
