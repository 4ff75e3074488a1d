import { describeRoute } from '../routes.ts'
import type { ChatCommand } from './command.ts'

export const agent: ChatCommand = {
  name: 'agent',
  description: 'Tell which agent answers here, and why',
  when: 'at once',
  access: () => 'anyone',
  prepare({ route, snapshot, prepared, mayChooseAgent }) {
    const { id, name } = prepared.agent
    const reason = describeRoute(route, snapshot.routing)
    const all = [...snapshot.agents.values()].map((other) => `\`${other.agent.id}\``).join(', ')
    const choice = mayChooseAgent ? `\nYou may choose: ${all}.` : ''
    return () => ({ text: `${name} (\`${id}\`) answers here: ${reason}.${choice}` })
  },
}
