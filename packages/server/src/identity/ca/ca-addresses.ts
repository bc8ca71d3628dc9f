/** Where everything of the authority is, below one address. */
export const caBase = "/acps-atr-v2"

export interface CaAddresses {
  readonly base: string
  readonly directory: string
  readonly ocsp: string
  /** The list of what an authority revoked. */
  crl(authority: string): string
  /** The certificate of an authority. */
  issuer(authority: string): string
  acme(path: string): string
}

export function caAddresses(origin: string): CaAddresses {
  const base = `${origin}${caBase}`
  const acme = (path: string) => `${base}/acme/${path}`
  return {
    base,
    directory: acme("directory"),
    ocsp: `${base}/ocsp`,
    crl: (authority) => `${base}/crl/${authority}`,
    issuer: (authority) => `${base}/ca/issuer/${authority}`,
    acme,
  }
}
