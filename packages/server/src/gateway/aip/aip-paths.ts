/** Where a partner takes what, beside the address that stands for it: that of its `rpc`, or the one under which all of them are (ACPs 07 §6). */
export function aipPaths(address: string): {
  readonly rpc: string
  readonly stream: string
  readonly group: string
} {
  const { pathname, search } = new URL(address)
  const base = pathname.replace(/\/(?:rpc)?$/, "")
  return { rpc: `${base}/rpc${search}`, stream: `${base}/stream${search}`, group: `${base}/group${search}` }
}
