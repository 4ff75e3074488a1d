import { hasCode } from '@junctor/errors'
import type { ChatCommand } from './command.ts'

export const approve = answer('approve', 'approved', 'Let a tool call run that waits for it')
export const deny = answer('deny', 'denied', 'Refuse a tool call that waits to be approved')

function answer(name: string, verdict: 'approved' | 'denied', description: string): ChatCommand {
  return {
    name,
    description,
    argument: verdict === 'denied' ? '<id> [reason]' : '<id>',
    when: 'at once',
    // The list of approvers decides.
    access: () => 'anyone',
    async prepare({ argument, envelope, approvals }) {
      const [, id = '', reason = ''] = /^(\S+)\s*(.*)$/s.exec(argument) ?? []
      if (id === '') return () => ({ text: `Write \`/${name} <id>\`. Nothing was answered.` })
      const by = { channel: envelope.channel, senderId: envelope.sender.id }
      try {
        const why = verdict === 'denied' && reason !== '' ? reason : undefined
        const { agentId, tool } = await approvals.answer(id, verdict, by, why)
        return () => ({ text: `The call of \`${tool}\` by agent \`${agentId}\` is ${verdict}.` })
      } catch (error) {
        if (!hasCode(error, 'UNKNOWN_APPROVAL', 'NOT_AN_APPROVER')) throw error
        return () => ({ text: `Nothing was answered: ${error.message}` })
      }
    },
  }
}
