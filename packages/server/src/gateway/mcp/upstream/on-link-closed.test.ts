import { expect, it } from "vitest"
import { isForgotten } from "../testing/is-forgotten.ts"
import { onLinkClosed } from "./on-link-closed.ts"

function closable() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { link: { closed: promise }, end: () => (resolve(), promise) }
}

it("everyone who still listens is told once that the link closed, also who comes after", async () => {
  const { link, end } = closable()
  const told: string[] = []
  onLinkClosed(link, () => told.push("one"))
  onLinkClosed({ ...link }, () => told.push("through a wrapper"))
  onLinkClosed(link, () => told.push("gone before"))()
  await end()
  await new Promise<void>((resolve) => onLinkClosed(link, resolve))
  expect(told).toEqual(["one", "through a wrapper"])
})

it("a wrapper around an open link is forgotten once nobody uses it", async () => {
  const { link } = closable()
  const used = () => {
    const wrapper = { ...link }
    onLinkClosed(wrapper, () => {})()
    return new WeakRef(wrapper)
  }
  onLinkClosed(link, () => {})
  expect(await isForgotten(used())).toBe(true)
})

it("a wrapper is kept for as long as its listener is", async () => {
  const { link, end } = closable()
  const used = () => {
    const wrapper = { ...link }
    onLinkClosed(wrapper, () => void wrapper.closed)
    return new WeakRef(wrapper)
  }
  const listening = used()
  expect(await isForgotten(listening)).toBe(false)
  await end()
  expect(await isForgotten(listening)).toBe(true)
})
