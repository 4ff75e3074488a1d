import { runTurn } from '@junctor/runtime'
import type { TurnRunner } from './agent-run.ts'
import { GatewayError } from './errors.ts'

/** Every turn in this process. One that has to run elsewhere fails, it never runs here. */
export const inlineTurns: TurnRunner = {
  async run(turn, { runtime }) {
    if (runtime.isolation === 'inline') return runTurn(turn)
    throw new GatewayError(
      'NO_ISOLATION',
      `Agent ${turn.agent.id} has runtime.isolation "${runtime.isolation}", and this gateway has nothing that runs turns in another process: pass it the option turns.`,
    )
  },
  restart: () => Promise.resolve(),
}
