import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `INVALID_NODE` a name, a program, an address or a token file is not what it should be
 * - `INSECURE_GATEWAY` the gateway would be reached over the network without encryption
 * - `NODE_TURNED_AWAY` the gateway will not have this node: it was rejected or removed, or its name is taken
 * - `UNKNOWN_NODE` no node has this name
 * - `UNKNOWN_NODE_REQUEST` no node waits to be paired under this code
 * - `NODE_EXISTS` another node has this name
 * - `NOT_CONNECTED` the node is not there now; nothing ran
 * - `NODE_REFUSED` the node did not run the command
 * - `OUTCOME_UNKNOWN` the node went away, or said nothing, while the command ran
 * - `CALL_DENIED` the config does not let the agent do it
 */
export type NodeErrorCode =
  | 'INVALID_NODE'
  | 'INSECURE_GATEWAY'
  | 'NODE_TURNED_AWAY'
  | 'UNKNOWN_NODE'
  | 'UNKNOWN_NODE_REQUEST'
  | 'NODE_EXISTS'
  | 'NOT_CONNECTED'
  | 'NODE_REFUSED'
  | 'OUTCOME_UNKNOWN'
  | 'CALL_DENIED'

export class NodeError extends JunctorError<NodeErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'NodeError', configurable: true })
  }

  constructor(code: NodeErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
