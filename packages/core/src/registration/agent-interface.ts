import { z } from "zod"
import { addressOf, lineOf, proseOf } from "./registration-text.ts"
import { Security } from "./security-scheme.ts"

/** 接口: where an agent is spoken to, and in which protocol. */

export const interfaceProtocols = ["a2a", "acps", "mcp", "http"] as const
export const InterfaceProtocol = z.enum(interfaceProtocols)
export type InterfaceProtocol = z.infer<typeof InterfaceProtocol>

export const interfaceBindings = ["jsonrpc", "http-json", "grpc", "amqp", "streamable-http", "sse"] as const
export const InterfaceBinding = z.enum(interfaceBindings)
export type InterfaceBinding = z.infer<typeof InterfaceBinding>

const bindingsOf: Readonly<Record<InterfaceProtocol, readonly InterfaceBinding[]>> = {
  a2a: ["jsonrpc", "http-json", "grpc"],
  acps: ["jsonrpc", "http-json", "grpc", "amqp"],
  mcp: ["streamable-http", "sse"],
  http: ["http-json", "grpc"],
}
/** A header that a caller has to send; its value is the caller's. */
export const HeaderField = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/),
  description: proseOf(1000).optional(),
  required: z.boolean().default(false),
  secret: z.boolean().default(false),
})
export type HeaderField = z.infer<typeof HeaderField>

const WebAddress = addressOf(["https", "http", "grpc", "grpcs"])
const QueueAddress = addressOf(["amqps", "amqp"])

export const AgentInterface = z
  .strictObject({
    protocol: InterfaceProtocol,
    binding: InterfaceBinding,
    url: z.string(),
    /** Of the protocol, such as `1.0` or `2026-07-28`. */
    version: lineOf(40).optional(),
    /** A2A: which of the agents behind the address is meant. */
    tenant: lineOf(100).optional(),
    security: Security.default([]),
    headers: z.array(HeaderField).max(32).default([]),
  })
  .refine(({ protocol, binding }) => bindingsOf[protocol].includes(binding), {
    path: ["binding"],
    message: "that protocol is not spoken so",
  })
  .refine(({ binding, url }) => (binding === "amqp" ? QueueAddress : WebAddress).safeParse(url).success, {
    path: ["url"],
    message: "give an https:// address (amqps:// for a queue) without a user or spaces",
  })
export type AgentInterface = z.infer<typeof AgentInterface>

/** `{protocol}:{version}` of a message queue, as ACPs writes it. */
export const MessageQueue = z
  .string()
  .max(60)
  .regex(/^(?:mqtt|amqp|kafka|redis|rabbitmq):(?:>=)?\d+\.(?:\*|\d+(?:\.\d+)?)(?: <\d+\.\d+(?:\.\d+)?)?$/)
