import { cancel, group, intro, outro, text } from '@clack/prompts'
import type { NewAgent } from './add-agent.ts'
import { parseBinding } from './binding-text.ts'
import { JunctorError } from '@junctor/errors'

/** Asks for what was not given. Undefined when the person called it off. */
export async function askForAgent(given: Partial<NewAgent>): Promise<NewAgent | undefined> {
  intro('A new agent')
  const answers = await group(
    {
      id: () =>
        given.id === undefined
          ? text({
              message: 'Its id (letters, digits, "-" and "_")',
              validate: (value = '') =>
                /^[a-z0-9][a-z0-9_-]{0,63}$/.test(value)
                  ? undefined
                  : 'As in "family" or "on-call".',
            })
          : Promise.resolve(given.id),
      name: () => optional('What people call it', given.name),
      model: () => optional('Its model, as provider/model', given.model),
      workspace: () => optional('The directory of its files', given.workspace),
      bindings: () =>
        given.bindings === undefined
          ? text({
              message: 'Which messages go to it? channel or channel:account, with commas between',
              placeholder: 'none; as in telegram:support',
              defaultValue: '',
              validate: (value = '') => bindingsProblem(value),
            })
          : Promise.resolve(''),
    },
    {
      onCancel: () => {
        cancel('Called off.')
      },
    },
  ).catch(() => undefined)
  if (answers === undefined || typeof answers.id !== 'string') return undefined
  const { id, name, model, workspace } = answers
  outro('Thank you.')
  return {
    id,
    bindings: given.bindings ?? splitBindings(answers.bindings).map(parseBinding),
    ...(name === '' ? {} : { name }),
    ...(model === '' ? {} : { model }),
    ...(workspace === '' ? {} : { workspace }),
    ...(given.agentDir === undefined ? {} : { agentDir: given.agentDir }),
  }
}

function optional(message: string, given: string | undefined): Promise<string | symbol> {
  if (given !== undefined) return Promise.resolve(given)
  return text({ message, placeholder: 'as usual', defaultValue: '' })
}

function splitBindings(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function bindingsProblem(value: string): string | undefined {
  try {
    splitBindings(value).forEach(parseBinding)
    return undefined
  } catch (error) {
    return JunctorError.isInstance(error) ? error.message : String(error)
  }
}
