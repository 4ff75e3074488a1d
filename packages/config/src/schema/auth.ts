import { list, record } from './collections.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { oneOf, text } from './scalars.ts'
import type { AuthScope, ProfileTerms } from '../config.ts'

/** `auth` as the file has it. */
export interface AuthInput extends AgentAuthInput {
  readonly profiles?: Readonly<Record<string, ProfileTerms>>
}

export interface AgentAuthInput {
  readonly scope?: AuthScope
  readonly order?: Readonly<Record<string, readonly string[]>>
}

const rules = {
  scope: described(
    oneOf('agent', 'shared', 'agent-then-shared'),
    "Whose keys pay: the agent's own, those of the installation, or first the one and then the other.",
  ),
  order: described(
    record(list(text('the id of a profile'))),
    'Provider → profiles, the first one preferred. Without it they take turns.',
  ),
}

export const agentAuth: Reader<AgentAuthInput> = object({}, rules)

export const auth: Reader<AuthInput> = object(
  {},
  {
    ...rules,
    profiles: described(
      record(
        object(
          { provider: described(text(), 'The provider that the profile is for.') },
          {
            mode: described(oneOf('api_key', 'token', 'oauth'), 'The type that it has to have.'),
            email: described(text(), 'Whose account it is, for people who read this.'),
          },
        ),
      ),
      'What profiles of these ids have to be; one that is something else is not used. No keys stand here.',
    ),
  },
)
