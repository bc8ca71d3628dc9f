import { type AipMethod, aipMethods, isAipMethod } from "@hufu/core/aip/aip-method"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { z } from "zod"
import { AipFault } from "./aip-fault.ts"

export type RequestId = string | number | null

/** A request whose method and params are what its address takes. */
export type AipRequest = {
  [M in AipMethod]: {
    readonly method: M
    readonly params: z.infer<(typeof aipMethods)[M]>
    readonly raw: JsonObject
  }
}[AipMethod]

const maxIdLength = 256

/** The id to answer to; null where there is none that could be read. */
export function requestIdOf(body: JsonValue): RequestId {
  const id = isJsonObject(body) ? body["id"] : null
  if (typeof id === "string") return id.length <= maxIdLength ? id : null
  return typeof id === "number" ? id : null
}

/** UNTRUSTED: one request of JSON-RPC, of the method that its address is for. */
export function readAipRequest(body: JsonValue, address: string): AipRequest {
  if (Array.isArray(body))
    throw new AipFault("invalidRequest", "batches are not accepted: send one request", {
      code: "invalid_input",
    })
  if (!isJsonObject(body) || body["jsonrpc"] !== "2.0" || typeof body["method"] !== "string")
    throw new AipFault("invalidRequest", "this is not a request of JSON-RPC 2.0", { code: "invalid_input" })
  const { method, id, params = {} } = body
  const isId =
    id === undefined ||
    id === null ||
    typeof id === "number" ||
    (typeof id === "string" && id.length <= maxIdLength)
  if (!isId)
    throw new AipFault("invalidRequest", `an id is a number or a text of at most ${maxIdLength} characters`, {
      code: "invalid_input",
    })
  if (!isAipMethod(method) || method !== address)
    throw new AipFault(
      "methodNotFound",
      `\`${method.slice(0, 80)}\` is not served at this address: it takes \`${address}\``,
      {
        code: "method_not_allowed",
      },
    )
  const read = aipMethods[method].safeParse(params)
  if (!read.success || !isJsonObject(params)) {
    const [issue] = read.error?.issues ?? []
    const place = issue?.path.join(".") ?? "params"
    throw new AipFault(
      "invalidParams",
      `\`${place.slice(0, 80) || "params"}\` does not fit: ${issue?.message ?? "give an object"}`,
      {
        code: "invalid_input",
      },
    )
  }
  // The schema of this very method has read the params.
  return { method, params: read.data, raw: params } as AipRequest
}
