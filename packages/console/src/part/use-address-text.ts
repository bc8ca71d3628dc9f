import { useNavigate, useSearch } from "@tanstack/react-router"

/** One text of the address, and how to change it: what a page shows is in its address, so that it can be shared. */
export function useAddressText(name: string): readonly [text: string, change: (text: string) => void] {
  // UNTRUSTED: an address may hold anything.
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false })
  const navigate = useNavigate()
  const value = search[name]
  const text = typeof value === "string" || typeof value === "number" ? String(value).slice(0, 1000) : ""
  const change = (next: string) =>
    void navigate({
      to: ".",
      search: (before: Readonly<Record<string, unknown>>) => ({
        ...before,
        [name]: next === "" ? undefined : next,
      }),
      replace: true,
    })
  return [text, change]
}
