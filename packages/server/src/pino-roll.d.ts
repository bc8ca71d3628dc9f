/** pino-roll 4 publishes no types; this is the part of it that we call. */
declare module "pino-roll" {
  import type { SonicBoom } from "sonic-boom"

  export interface RollOptions {
    readonly file: string
    readonly extension: string
    /** For instance `10m`. */
    readonly size: string
    readonly limit: { readonly count: number }
    readonly mode: number
  }
  const build: (options: RollOptions) => Promise<SonicBoom>
  export default build
}
