// What runs in the process of an agent with `runtime.isolation: process`: the tools that work on its files and commands.
import type { WorkbenchRequest } from '@junctor/gateway'
import { serveAgent } from '@junctor/isolated-agent'
import { createBuiltinTools } from '@junctor/tools'
import { createWorkbenches } from './workbenches.ts'

const [, , stateDir = ''] = process.argv
const { tools, close } = createBuiltinTools()
const workbenches = createWorkbenches(stateDir, { prunes: false })

serveAgent({
  tools,
  // The gateway made it of its own config.
  openWorkbench: (place) => workbenches.open(place as WorkbenchRequest),
  close,
})
