import { makeVisible } from "@hufu/core/profile/visible-text"
import { useNavigate, useSearch } from "@tanstack/react-router"

/** One text of the address, and how to change it: what a page shows is in its address, so that it can be shared. */
export function useAddressText(name: string): readonly [text: string, change: (text: string) => void] {
  // UNTRUSTED: an address may hold anything. Nobody types what cannot be seen: it is spelled out before it is shown or asked for.
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false })
  const navigate = useNavigate()
  const value = search[name]
  const given = typeof value === "string" || typeof value === "number" ? String(value).slice(0, 1000) : ""
  const text = makeVisible(given)
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
