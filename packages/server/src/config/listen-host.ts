import { z } from "zod"
import { means } from "./means.ts"

/** An address on which something listens: this machine's own, until an operator says otherwise twice. */
export function listenHost(en: string, zh: string) {
  return z
    .string()
    .max(255)
    .default("127.0.0.1")
    .meta(means(`${en}; anything but loopback also needs --expose`, `${zh}；非本机回环地址还须加 --expose`))
}
