import { WorkbenchError, type Workbench } from '@junctor/agent'
import type { WorkbenchRequest, WorkbenchSource } from './agent-run.ts'

/** A workbench, from the first time that somebody asks for it. */
export function openOnce(
  source: WorkbenchSource,
  request: WorkbenchRequest,
): () => Promise<Workbench> {
  let opened: Promise<Workbench> | undefined
  const open = async (): Promise<Workbench> => {
    const workbench = await source.open(request)
    if (request.sandbox === undefined || workbench.place === 'sandbox') return workbench
    throw new WorkbenchError('UNAVAILABLE', `Agent ${request.agent.id} has to work in a sandbox.`)
  }
  return () => (opened ??= open())
}
