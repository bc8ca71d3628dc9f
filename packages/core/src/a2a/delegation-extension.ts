/**
 * Names the extension of A2A by which a message says on whose authority it comes: in its metadata, under this name, an object with
 * `principal`, `task`, `mandate` and `action`, each an id. It proves nothing by itself; a receipt does.
 */
export const delegationExtension = "https://hufu.dev/a2a/delegation/v1"
