import { flavourNames, type FlavourName } from '@junctor/config'
import { Command, CommanderError, Option } from 'commander'
import { addAgentsCommands } from './commands/agents.ts'
import { addApprovalsCommands } from './commands/approvals.ts'
import { addAuthCommands } from './commands/auth.ts'
import { addAuditCommand } from './commands/audit.ts'
import { addChannelsCommands } from './commands/channels.ts'
import { addConfigCommands } from './commands/config.ts'
import { addCronCommands } from './commands/cron.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addImportCommand } from './commands/import.ts'
import { addLoginCommand } from './commands/login.ts'
import { addNodeCommand } from './commands/node.ts'
import { addNodesCommands } from './commands/nodes.ts'
import { addPairingCommands } from './commands/pairing.ts'
import { addRouteCommands } from './commands/route.ts'
import { addSandboxCommands } from './commands/sandbox.ts'
import { addSessionsCommands } from './commands/sessions.ts'
import { addSkillsCommands } from './commands/skills.ts'
import { addStartCommand } from './commands/start.ts'
import { addStatusCommand } from './commands/status.ts'
import { addToolsCommands } from './commands/tools.ts'
import { addWhyCommand } from './commands/why.ts'
import { createContext, type CliContext } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { JunctorError } from '@junctor/errors'
import { CliError } from './errors.ts'

export interface CliOptions {
  readonly version: string
  /** Default: the process's own. */
  readonly context?: CliContext
}

/** Runs one command line and answers its exit code. */
export async function runCli(
  args: readonly string[],
  { version, context = createContext(version) }: CliOptions,
): Promise<number> {
  const program = createProgram(context, version)
  try {
    await program.parseAsync(args, { from: 'user' })
    return context.exitCode ?? exitCodes.ok
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (!JunctorError.isInstance(error)) throw error
    context.error(error.message)
    return error instanceof CliError ? error.exitCode : exitCodes.failed
  }
}

function createProgram(context: CliContext, version: string): Command {
  const program = new Command('junctor')
    .description('Many isolated AI agents behind many chat accounts.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(run with --help for what is understood)')
    .configureOutput({
      writeOut: (text) => context.write(text),
      writeErr: (text) => context.writeError(text),
    })
    .addOption(
      new Option(
        '--flavour <system>',
        'read the config of this system (default: see below)',
      ).choices(flavourNames),
    )
    .hook('preAction', (command) => {
      const { flavour } = command.opts<{ flavour?: FlavourName }>()
      if (flavour !== undefined) context.flavour = flavour
    })
    .addHelpText('after', exitCodeHelp)
  addStartCommand(program, context)
  addAgentsCommands(program, context)
  addAuthCommands(program, context)
  addRouteCommands(program, context)
  addWhyCommand(program, context)
  addToolsCommands(program, context)
  addSandboxCommands(program, context)
  addSessionsCommands(program, context)
  addSkillsCommands(program, context)
  addCronCommands(program, context)
  addPairingCommands(program, context)
  addNodesCommands(program, context)
  addNodeCommand(program, context)
  addApprovalsCommands(program, context)
  addAuditCommand(program, context)
  addStatusCommand(program, context)
  addLoginCommand(program, context)
  addChannelsCommands(program, context)
  addConfigCommands(program, context)
  addImportCommand(program, context)
  addDoctorCommand(program, context)
  return program
}

const exitCodeHelp = `
Files:
  JUNCTOR_CONFIG_PATH   the config file (default ~/.junctor/junctor.json)
  JUNCTOR_STATE_DIR     everything the gateway keeps (default ~/.junctor)
Without a config of ours, that of Clawdbot, OpenSoul, Clawdia, OpenClaw or ArgentOS is read in place.

Exit codes:
  0 done   1 failed, or a check found an error   2 wrong usage   3 not found   4 the gateway is not running`
