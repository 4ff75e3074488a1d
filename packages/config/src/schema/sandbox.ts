import type { DockerConfig, SandboxConfig } from '../config.ts'
import { defaultSandbox } from '../defaults/default-values.ts'
import { list, record } from './collections.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { boolean, number, oneOf, refine, text, wholeNumber } from './scalars.ts'

/** A sandbox as it is written, before defaults. */
export type SandboxInput = Partial<SandboxConfig>

const memorySize = refine(text(), (written) =>
  /^[1-9]\d*[kmg]?b?$/i.test(written)
    ? { value: written }
    : { message: 'must be a size such as "512m" or "1g"' },
)

const docker: Reader<DockerConfig> = object(
  {},
  {
    image: described(text(), 'The image that the container is made of.'),
    network: described(text(), 'The network of the container; "none" is none.'),
    setupCommand: described(text(), 'Run once when the container is made.'),
    binds: described(
      list(text()),
      'Folders of the machine, as "from:to:ro"; added to the defaults.',
    ),
    tmpfs: described(list(text()), 'Folders in memory that can be written.'),
    env: described(record(text()), 'Variables inside the container.'),
    readOnlyRoot: described(boolean(), 'Whether its own files cannot be changed.'),
    user: described(text(), 'Who runs in it.'),
    memory: described(memorySize, 'How much memory it may use, such as "512m" or "1g".'),
    cpus: described(number(0), 'How many processors it may use.'),
    pidsLimit: described(wholeNumber(1), 'How many processes it may have.'),
  },
  {
    unavailable: [
      'apparmorProfile',
      'capDrop',
      'containerPrefix',
      'dns',
      'extraHosts',
      'memorySwap',
      'seccompProfile',
      'ulimits',
      'workdir',
    ],
  },
)

export const sandbox: Reader<SandboxInput> = object(
  {},
  {
    mode: described(
      oneOf('off', 'non-main', 'all'),
      'Which sessions run their tools in a container: none, all but the main one, or all.',
      defaultSandbox.mode,
    ),
    scope: described(
      oneOf('agent', 'session', 'shared'),
      'What has a container of its own.',
      defaultSandbox.scope,
    ),
    workspaceAccess: described(
      oneOf('none', 'ro', 'rw'),
      "How the container sees the agent's workspace.",
      defaultSandbox.workspaceAccess,
    ),
    sessionToolsVisibility: described(
      oneOf('spawned', 'all'),
      'Which sessions a sandboxed one reaches: those that it started, or all that its agent does.',
      defaultSandbox.sessionToolsVisibility,
    ),
    docker: described(docker, 'The container.'),
  },
  { unavailable: ['browser', 'prune', 'workspaceRoot'] },
)
