import type { Agent, Tool } from '@junctor/agent'
import type { Config } from '@junctor/config'

/** Who is about to take a turn. */
export interface ToolRequest {
  readonly agent: Agent
  /** The one that the turn keeps to. */
  readonly config: Config
  readonly sessionKey: string
  /** The session works in a sandbox: nothing that a tool starts may run on the host. */
  readonly isSandboxed: boolean
  readonly signal: AbortSignal
}

export interface FoundTools {
  readonly tools: readonly Tool[]
  /** What could not be had and why, for the story of the turn. */
  readonly notes?: readonly string[]
}

/** Tools that hang on the agent or the config. Asked at the beginning of each turn, so it answers soon, whatever it waits for. */
export interface ToolSource {
  toolsFor(request: ToolRequest): FoundTools | Promise<FoundTools>
}

/** All tools of a turn. Of two with one name the first stays; a source that fails takes no turn with it. */
export async function gatherTools(
  fixed: readonly Tool[],
  sources: readonly ToolSource[],
  request: ToolRequest,
): Promise<Required<FoundTools>> {
  if (sources.length === 0) return { tools: fixed, notes: [] }
  const found = await Promise.all(sources.map((source) => ask(source, request)))
  const tools = new Map(fixed.map((tool) => [tool.name, tool]))
  const notes = found.flatMap((each) => each.notes ?? [])
  for (const tool of found.flatMap((each) => each.tools))
    if (tools.has(tool.name)) notes.push(`there are two tools "${tool.name}": one was left out`)
    else tools.set(tool.name, tool)
  return { tools: [...tools.values()], notes }
}

async function ask(source: ToolSource, request: ToolRequest): Promise<FoundTools> {
  try {
    return await source.toolsFor(request)
  } catch (error) {
    request.signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    return { tools: [], notes: [`some tools could not be had: ${reason}`] }
  }
}
