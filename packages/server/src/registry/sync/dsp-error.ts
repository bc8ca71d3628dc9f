/** A refusal as DSP writes it. */
export class DspError extends Error {
  readonly status: number
  readonly code: number
  readonly data: object | undefined

  constructor(status: number, code: number, message: string, data?: object) {
    super(message)
    this.name = "DspError"
    this.status = status
    this.code = code
    this.data = data
  }
}

export function dspErrorBody({ code, message, data }: DspError): object {
  return { status: "error", error: { code, message, ...(data === undefined ? {} : { data }) } }
}
