import { Config } from "@hufu/server/config"
import { z } from "zod"
import { exitCodes } from "../exit-code.ts"
import { printJson } from "../terminal/print.ts"

/** `hufu config schema`: the JSON Schema of `config.json`, for editors. */
export async function configSchema(): Promise<number> {
  printJson(z.toJSONSchema(Config, { io: "input" }))
  return exitCodes.ok
}
