/** Named starting points of an allow list. */
export type ToolProfile = 'minimal' | 'coding' | 'messaging' | 'full'

/**
 * How far an agent's tools reach.
 *
 * - `read_only` they look and change nothing
 * - `workspace` they change files of the workspace as well, and run commands where those reach nothing else: in a sandbox
 * - `full` whatever the other rules leave
 */
export type PermissionMode = 'read_only' | 'workspace' | 'full'

/**
 * What one step takes away. Entries are tool names, groups (`group:fs`) or patterns with `*`; names compare without case, and
 * `bash` and `apply-patch` read as `exec` and `apply_patch`.
 */
export interface ToolRules {
  /** Only the tools of the profile pass. */
  readonly profile?: ToolProfile
  /** Only these pass. An empty list takes nothing away. */
  readonly allow?: readonly string[]
  /** Added to the profile and to `allow` of these rules; nothing by itself, and never stronger than another layer. */
  readonly alsoAllow?: readonly string[]
  /** Never pass, whatever any list allows. */
  readonly deny?: readonly string[]
}

/** One step of a policy. It can only take tools away that the steps before it left. */
export interface ToolLayer extends ToolRules {
  /** How answers call it: `tools`, `agents.family.tools`. */
  readonly name: string
  /** Further rules for one provider (`anthropic`) or one of its models (`anthropic/claude-haiku-4-5`, which comes first). */
  readonly byProvider?: Readonly<Record<string, ToolRules>>
}

export interface ToolPolicyOptions {
  /** The model that gets the tools, as `provider/model` or `provider`. Needed as soon as a layer has `byProvider`. */
  readonly model?: string
  /** Groups beside the built-in ones, by name: `{ 'group:tickets': ['ticket_open', 'ticket_close'] }`. */
  readonly groups?: Readonly<Record<string, readonly string[]>>
}
