import { z } from "zod"

/** An agent or a server may be named by its id or by its name. */
export const AgentRef = z.string().min(1).max(80)
export const ServerRef = z.string().min(1).max(80)
