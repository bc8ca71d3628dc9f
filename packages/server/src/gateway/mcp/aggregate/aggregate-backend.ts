import type { Backend } from "../backend.ts"
import type { Desk } from "../desk.ts"
import { rpcCodes, rpcError } from "../rpc.ts"

export function aggregateBackend(_desk: Desk): Backend {
  return {
    name: "",
    serve: async (errand) => rpcError(errand.message.id, rpcCodes.methodNotFound, "not yet"),
    open: () => Promise.reject(new Error("not yet")),
  }
}
