/**
 * The variables of a node that tests start in a process of its own: it derives the key of the same secret once, as the tests' own
 * processes do. Outside of tests, where what a proof takes may be what is measured, there are none.
 */
export const derivedOnce: Readonly<Record<string, string>> =
  process.env["VITEST"] === undefined
    ? {}
    : { NODE_OPTIONS: `--import=${new URL("./remember-scrypt.ts", import.meta.url).href}` }
