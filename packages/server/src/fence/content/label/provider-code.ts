import { passesMod31 } from "../personal/checksums.ts"

/** TC260-PG-20252A: who provides a service that generates or spreads content, in 27 characters. */
export interface ProviderCode {
  /** The unified social credit identifier of the organisation. */
  readonly organisation: string
  /** Whether the service generates content or spreads it; undefined where the code names no service. */
  readonly service: "generates" | "spreads" | undefined
  /** Four characters of a model or an application, or `0000`. */
  readonly model: string
}

/** Reads the code of an organisation; undefined where it is none or its identifier has a wrong check character. */
export function readProviderCode(code: string): ProviderCode | undefined {
  const [, organisation = "", service = "", model = ""] =
    /^0011([0-9A-Z]{18})([012])([0-9A-Za-z]{4})$/.exec(code) ?? []
  if (organisation === "" || !passesMod31(organisation)) return undefined
  return {
    organisation,
    service: service === "1" ? "generates" : service === "2" ? "spreads" : undefined,
    model,
  }
}

/** Writes the code of an organisation; undefined where it could not be read again. */
export function writeProviderCode({ organisation, service, model }: ProviderCode): string | undefined {
  const code = `0011${organisation}${service === "generates" ? 1 : service === "spreads" ? 2 : 0}${model}`
  return readProviderCode(code) === undefined ? undefined : code
}
